"""A real gunicorn with threads around bytes_app.py, and a look into its worker."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import pytest

HERE = Path(__file__).parent
START_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A running server: its port, where its store stands, and its worker's numbers."""

    port: int
    root: Path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def worker(self) -> int:
        connection = self.connect()
        connection.request("GET", "/pid")
        found = int(connection.getresponse().read())
        connection.close()
        return found

    def peak_memory(self) -> int:
        """The most bytes of memory the worker ever had."""
        lines = Path(f"/proc/{self.worker()}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))

    def reads(self) -> int:
        """How many system calls the worker has made to read anything."""
        lines = Path(f"/proc/{self.worker()}/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("syscr:"))


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Server]]:
    """Start a server with a limit of so many bytes per upload; all end with the module."""
    running: list[subprocess.Popen[bytes]] = []

    def start(limit: int) -> Server:
        root = tmp_path_factory.mktemp("served")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        python_path = os.pathsep.join([str(HERE), *sys.path])
        environment = {"PYTHONPATH": python_path, "MEDIA_ROOT": str(root), "MAX_UPLOAD_SIZE": str(limit)}
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
        command += ["--worker-class", "mediavault.http.threads.BoundedThreadWorker", "--log-level", "warning"]
        command.append("bytes_app:application")
        running.append(subprocess.Popen(command, env=environment, cwd="/"))
        server = Server(port, root)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                server.worker()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return server

    yield start
    for process in running:
        process.terminate()
        process.wait(START_SECONDS)


@pytest.fixture(scope="module")
def server(serve: Callable[[int], Server]) -> Server:
    """A server with room for large uploads."""
    return serve(400 * 1024 * 1024)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of a film, which a worker is to look into."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *source, path], check=True)
    return path.read_bytes()
