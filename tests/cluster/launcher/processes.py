"""Starts and ends the supervisor of a cluster, and says whether it lives."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from launcher.places import IMPORT_ROOT, direct_environment
from launcher.plan import Plan, lock_path, log_path, state_path
from launcher.progress import LauncherError, Ticker, wait_until

# Forked away at once, so that the process is nobody's child and its end is reaped by the machine.
_DETACHED = ("setsid", "--fork")
_ISOLATED = (
    *("unshare", "--mount", "--uts", "--ipc", "--net", "--pid"),
    *("--propagation", "private", "--fork", "--kill-child=SIGKILL"),
)
_READY_SECONDS = 180.0
_END_SECONDS = 30.0
_PATIENCE = 3


@dataclass(frozen=True)
class Supervisor:
    """A supervisor that was started and waits for its plan."""

    folder: Path
    pid: int
    channel: IO[str]

    def run(self, plan: Plan) -> None:
        """Hand over the plan and wait until every program is ready; LauncherError names one that is not."""
        with self.channel as channel:
            channel.write(plan.to_json())
        ticker = Ticker()
        while (starting := _starting(self.folder)) is not None:
            if ticker.seconds > _READY_SECONDS or _hopeless(self.folder, starting):
                ticker.close()
                log = log_path(self.folder, starting)
                raise LauncherError(f"{starting} does not become ready. The end of {log}:\n{tail(log)}")
            ticker.show(f"starting {starting}")
            time.sleep(0.05)
        ticker.close()


def start_supervisor(folder: Path, *, isolated: bool) -> Supervisor:
    """Start a supervisor, in namespaces of its own where isolated; LauncherError when it cannot start."""
    state_path(folder).unlink(missing_ok=True)
    output = log_path(folder, "supervisor")
    output.parent.mkdir(parents=True, exist_ok=True)
    arguments = (sys.executable, "-m", "launcher.supervisor", str(folder))
    with output.open("ab") as errors:
        process = subprocess.Popen(
            [*_DETACHED, *(_ISOLATED if isolated else ()), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**direct_environment(), "PYTHONPATH": str(IMPORT_ROOT)},
            text=True,
        )
    if process.stdin is None or process.stdout is None:
        raise LauncherError("The supervisor has no channel to the launcher.")
    with process.stdout as answers:
        said = answers.readline()
    process.wait()
    if not said:
        process.stdin.close()
        raise LauncherError(f"The supervisor did not start:\n{tail(output)}")
    return Supervisor(folder=folder, pid=int(said), channel=process.stdin)


@contextmanager
def starting_whole(folder: Path) -> Iterator[None]:
    """Within the block a cluster starts; unless the block ends well, the cluster is ended again."""
    _started_path(folder).unlink(missing_ok=True)
    end(folder)
    try:
        yield
    except BaseException:
        end(folder)
        raise
    _started_path(folder).touch()


def has_started(folder: Path) -> bool:
    """Whether the cluster in this folder lives and was started whole."""
    return _started_path(folder).exists() and is_alive(folder)


def is_alive(folder: Path) -> bool:
    """Whether the supervisor of the cluster in this folder lives: it then holds the lock."""
    if not lock_path(folder).exists():
        return False
    with lock_path(folder).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def supervisor_pid(folder: Path) -> int:
    """The living supervisor's process id; LauncherError when none lives."""
    if not is_alive(folder):
        raise LauncherError(f"The cluster {folder.name} does not run. Start it: `launcher up {folder.name}`.")
    return int(lock_path(folder).read_text(encoding="ascii"))


def process_ids(folder: Path) -> dict[str, int]:
    """The process ids of the running programs by name, as the supervisor sees them."""
    return dict(_told(folder).get("processes", {}))


def end(folder: Path) -> None:
    """Kill the supervisor and, with it, everything it runs; nothing happens when it does not live."""
    if not is_alive(folder):
        return
    pid = supervisor_pid(folder)
    family = _descendants(pid)
    os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: not any(_exists(member) for member in family),
        what=f"the processes of {folder.name} to end",
        seconds=_END_SECONDS,
        pause=0.02,
    )


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _started_path(folder: Path) -> Path:
    return folder / "started"


def _starting(folder: Path) -> str | None:
    told = _told(folder)
    starting = told.get("starting", "supervisor")
    return str(starting) if starting else None


def _hopeless(folder: Path, starting: str) -> bool:
    return not is_alive(folder) or _told(folder).get("restarts", {}).get(starting, 0) > _PATIENCE


def _told(folder: Path) -> dict[str, dict[str, int]]:
    with contextlib.suppress(FileNotFoundError):
        told: dict[str, dict[str, int]] = json.loads(state_path(folder).read_text(encoding="utf-8"))
        return told
    return {}


def _descendants(root: int) -> set[int]:
    parents = {pid: parent for pid in _numbers() if (parent := _parent(pid)) is not None}
    family, grown = {root}, True
    while grown:
        children = {pid for pid, parent in parents.items() if parent in family} - family
        family |= children
        grown = bool(children)
    return family


def _numbers() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _exists(pid: int) -> bool:
    return _parent(pid) is not None


def _parent(pid: int) -> int | None:
    """The parent of a process that lives; None when it does not or waits to be reaped."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else int(parent)
