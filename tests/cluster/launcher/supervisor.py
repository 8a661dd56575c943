"""Runs a cluster's programs: starts each when the one before is ready, and starts again what died.

Started by the launcher, which writes the plan to standard input and reads one line from standard output: the
supervisor's process id as this machine sees it. It is process 1 of a node's namespaces, so that everything in
a node dies with it; without namespaces its programs are told to die with it.
"""

import ctypes
import fcntl
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from functools import cache
from pathlib import Path

from launcher.isolation import isolate
from launcher.places import direct_environment
from launcher.plan import Plan, Program, lock_path, log_path, state_path

_PAUSE = 0.05
_PR_SET_PDEATHSIG = 1
_RESTART_PAUSE = 1.0


class Supervisor:
    """The programs of one plan and the processes that run them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._folder = Path(plan.folder)
        self._waiting = list(plan.programs)
        self._running: dict[int, Program] = {}
        self._dead: list[tuple[float, Program]] = []
        self._restarts = dict.fromkeys((program.name for program in plan.programs), 0)
        self._starting: Program | None = None

    def run(self) -> None:
        """Run until killed."""
        while True:
            self._reap()
            self._revive()
            if self._starting is None or is_ready(self._starting):
                self._start_next()
            time.sleep(_PAUSE if self._starting else _RESTART_PAUSE / 2)

    def _start_next(self) -> None:
        before = self._starting
        self._starting = self._waiting.pop(0) if self._waiting else None
        if self._starting is not None:
            self._start(self._starting)
        if self._starting is not before:
            self._tell()

    def _start(self, program: Program) -> None:
        log = log_path(self._folder, program.name)
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={**direct_environment(), "PATH": self._plan.search_path, **dict(program.environment)},
                preexec_fn=_die_with_parent,
            )
        self._running[process.pid] = program

    def _reap(self) -> None:
        while True:
            try:
                pid, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            program = self._running.pop(pid, None)
            if program is not None:
                self._dead.append((time.monotonic() + _RESTART_PAUSE, program))

    def _revive(self) -> None:
        due = [entry for entry in self._dead if entry[0] <= time.monotonic()]
        for entry in due:
            self._dead.remove(entry)
            self._restarts[entry[1].name] += 1
            self._start(entry[1])
        if due:
            self._tell()

    def _tell(self) -> None:
        state = {
            "starting": self._starting.name if self._starting else "",
            "processes": {program.name: pid for pid, program in self._running.items()},
            "restarts": self._restarts,
        }
        path = state_path(self._folder)
        fresh = path.with_suffix(".fresh")
        fresh.write_text(json.dumps(state), encoding="utf-8")
        fresh.replace(path)


def is_ready(program: Program) -> bool:
    """Whether the program answers where it should; one that names nothing is ready once started."""
    if not program.ready:
        return True
    if program.ready.startswith("/"):
        return Path(program.ready).exists()
    try:
        with _opener().open(program.ready, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@cache
def _opener() -> urllib.request.OpenerDirector:
    # The certificate is not checked, because only the program's own health is asked for.
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=unverified)
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Take the lock, say the process id, read the plan, run it."""
    folder = Path(sys.argv[1])
    with lock_path(folder).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Read before /proc is mounted anew: here the link still shows the number that the machine knows.
        pid = str(Path("/proc/self").readlink())
        lock.truncate(0)
        lock.write(pid)
        lock.flush()
        print(pid, flush=True)
        text = sys.stdin.read()
        if not text:
            return
        plan = Plan.from_json(text)
        if plan.isolation is not None:
            isolate(plan.isolation, folder)
        Supervisor(plan).run()


if __name__ == "__main__":
    main()
