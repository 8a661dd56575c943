"""The machine that measures: one CPU for servers, another for clients, and whether it is quiet."""

import os
import platform
import time
from pathlib import Path

QUIET = 0.88
_POLL_SECONDS = 1.0


def server_cpu() -> int:
    """The CPU that every measured server runs on."""
    return min(os.sched_getaffinity(1))


def client_cpu() -> int:
    """The CPU of the clients and of this program."""
    return max(os.sched_getaffinity(1))


def pinned(cpu: int, command: list[str]) -> list[str]:
    """The command on one CPU only; it ends with this program, however this program ends."""
    return ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(cpu), *command]


def wait_until_quiet(seconds: float) -> bool:
    """Wait until the machine was idle for a second, for `seconds` at most; says whether it was."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _idle_share(_POLL_SECONDS) >= QUIET:
            return True
    return False


def _idle_share(seconds: float) -> float:
    before = _ticks()
    time.sleep(seconds)
    after = _ticks()
    passed = [late - early for early, late in zip(before, after, strict=True)]
    return passed[3] / (sum(passed[:8]) or 1)


def _ticks() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]


def describe() -> str:
    """Processor, kernel and Python, without a name of this machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    kernel = platform.release().partition("-")[0]
    return f"{os.cpu_count()} CPUs ({model}), Linux {kernel}, Python {platform.python_version()}"
