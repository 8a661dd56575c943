"""Servers under measurement: started on their CPU, counted with all their children, and ended."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import pinned, server_cpu
from benchmarks.measure import NotAvailable, Sample

TICK = 1 / os.sysconf("SC_CLK_TCK")
START_SECONDS = 60.0
END_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_IDLE_CPU = 0.03


@dataclass(frozen=True)
class Tree:
    """A process and all that descend from it."""

    root: int

    def pids(self) -> list[int]:
        """The processes that live now."""
        found = [self.root]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    found += [int(word) for word in children.read_text().split()]
        return found

    def cpu(self) -> float:
        """Seconds of user and system time, those of children that ended and were waited for included."""
        return sum(_cpu_ticks(pid) for pid in self.pids()) * TICK

    def memory(self) -> int:
        """Proportional set size in bytes: what is shared counts once, divided among those who share it."""
        return sum(_pss(pid) for pid in self.pids())


def _cpu_ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def sample(trees: Sequence[Tree], work: Callable[[], float]) -> Sample:
    """What these servers spend while `work` runs, which says how many units it did."""
    cpu, started = sum(tree.cpu() for tree in trees), time.monotonic()
    done = work()
    wall = time.monotonic() - started
    return Sample(cpu=sum(tree.cpu() for tree in trees) - cpu, wall=wall, work=done)


def wait_until_idle(trees: Sequence[Tree], seconds: float = START_SECONDS) -> None:
    """Wait until these servers have done nothing for a second, so that housekeeping at the start is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if sample(trees, _a_second).cpu < _IDLE_CPU:
            return


def _a_second() -> float:
    time.sleep(1)
    return 1


class Watched:
    """How much a memory grows at most during a block, in bytes."""

    def __init__(self, memory: Callable[[], int]) -> None:
        self._memory = memory
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watched":
        self._before = self._most = self._memory()
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watching.join()

    @property
    def grown(self) -> int:
        """Bytes at the highest, less those before."""
        return self._most - self._before

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self._most = max(self._most, self._memory())


@contextmanager
def serving(
    command: list[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
) -> Iterator[Tree]:
    """A server on the servers' CPU for the block; NotAvailable shows its last words if it does not start."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned(server_cpu(), command),
            env=env,
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until(ready, process, log)
        yield Tree(process.pid)
    finally:
        _end(process)


def _wait_until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            words = log.read_text(errors="replace")[-1000:]
            raise NotAvailable(f"{Path(str(process.args[6])).name} did not start: {words}")  # type: ignore[index]
        time.sleep(0.005)


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number, seconds in ((signal.SIGINT, END_SECONDS), (signal.SIGKILL, END_SECONDS)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            break
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def listening(port: int) -> Callable[[], bool]:
    """Whether somebody accepts connections at this port of the loopback."""

    def ready() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return ready
