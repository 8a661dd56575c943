"""The operator as a process of its own, watching the namespaces of one test."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

IMAGES = {
    "MEDIAVAULT_APP_IMAGE": "localhost/mediavault-app:1",
    "MEDIAVAULT_POSTGRES_IMAGE": "localhost/mediavault-postgres:17",
}
START_SECONDS = 180
"""The machine may be busy with other things."""
_SOURCES = Path(__file__).resolve().parents[3] / "operator"


class Operator:
    """A running operator; its log is kept in `log`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int, metrics_port: int) -> None:
        self._process = process
        self._port = port
        self._metrics_port = metrics_port
        self.log = log

    def healthy(self) -> bool:
        """Whether the liveness probe succeeds."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def figures(self) -> dict[str, float]:
        """What it tells Prometheus, each figure by its name and labels as written."""
        url = f"http://127.0.0.1:{self._metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        told = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in told}

    def resident_mib(self) -> float:
        """Its resident memory in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def pause(self) -> None:
        """Let it do nothing, as on a machine that is suspended."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """End it without warning."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self._process.terminate()
        return self._process.wait(timeout=20)


@contextmanager
def operating(
    kubeconfig: Path,
    folder: Path,
    *,
    namespaces: Sequence[str] = (),
    wait: bool = True,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Operator]:
    """An operator that serves `namespaces`, all where empty; healthy unless told not to `wait`."""
    port, metrics_port = _free_port(), _free_port()
    variables = {
        **os.environ,
        **IMAGES,
        "KUBECONFIG": str(kubeconfig),
        "PYTHONPATH": str(_SOURCES),
        "MEDIAVAULT_WATCH_NAMESPACES": ",".join(namespaces),
        "MEDIAVAULT_LIVENESS_PORT": str(port),
        "MEDIAVAULT_METRICS_PORT": str(metrics_port),
        "LOG_FORMAT": "plain",
        **(environment or {}),
    }
    log = folder / f"operator-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mediavault_operator"], env=variables, stdout=out, stderr=out
        )
    operator = Operator(process, log, port, metrics_port)
    try:
        if wait:
            _until_healthy(operator, process)
        yield operator
    finally:
        if process.poll() is None:
            operator.stop()


def _until_healthy(operator: Operator, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not operator.healthy():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the operator did not start:\n{operator.log.read_text()}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
