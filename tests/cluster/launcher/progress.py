"""Tells a waiting person what happens, on standard error, so that output can be piped."""

import sys
import time
from collections.abc import Callable

PERIOD = 30.0


class LauncherError(Exception):
    """Something the launcher cannot do; its text says what is wrong and what to do about it."""


def say(text: str) -> None:
    """One line about what is being done."""
    print(f"[cluster] {text}", file=sys.stderr, flush=True)


class LackError(LauncherError):
    """Something that this machine lacks; with it installed, the same call succeeds."""


class Ticker:
    """Shows a long task's progress: in place on a terminal, as a line every half minute elsewhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._shown = self._started
        self._terminal = sys.stderr.isatty()

    @property
    def seconds(self) -> float:
        """Seconds since the task began."""
        return self._clock() - self._started

    def show(self, text: str) -> None:
        """Show this text now if the last one has stood long enough."""
        period = 0.2 if self._terminal else PERIOD
        if self._clock() - self._shown < period:
            return
        self._shown = self._clock()
        line = f"[cluster] {text} ({self.seconds:.0f} s)"
        print(
            f"\r\033[K{line}" if self._terminal else line, end="" if self._terminal else "\n", file=sys.stderr
        )
        sys.stderr.flush()

    def close(self) -> None:
        """Clear the line that stands in place."""
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def wait_until(
    reached: Callable[[], bool], *, what: str, seconds: float, pause: float = 0.1, hint: str = ""
) -> None:
    """Wait for a condition while showing what is waited for; LauncherError when it takes too long."""
    ticker = Ticker()
    while not reached():
        if ticker.seconds > seconds:
            ticker.close()
            raise LauncherError(f"{what}: not within {seconds:.0f} s. {hint}".strip())
        ticker.show(f"waiting: {what}")
        time.sleep(pause)
    ticker.close()
