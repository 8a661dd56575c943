"""A real S3 server for the tests: `rclone serve s3` on loopback, over a folder that goes with it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mediavault.config import S3Config
from mediavault.vault.storage.s3.bucket import Bucket

KEY, SECRET = "vault-key", "vault-secret"
START_SECONDS = 20


@dataclass(frozen=True)
class S3Server:
    """A running server."""

    url: str
    process: "subprocess.Popen[bytes]"

    def bucket(self, name: str) -> S3Config:
        """A new bucket of that name."""
        made = S3Config(
            bucket=name,
            prefix="vaults/photos/",
            endpoint_url=self.url,
            region="us-east-1",
            access_key_id=KEY,
            secret_access_key=SECRET,
            addressing_style="path",
            presigned_redirects=False,
        )
        Bucket(made).client.create_bucket(Bucket=name)
        return made


@contextmanager
def running_s3_server(folder: Path) -> Iterator[S3Server]:
    """A server that ends with the context; unfinished uploads are in its memory."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("rclone")
    address = f"127.0.0.1:{port}"
    # Without streaming, parts can be replaced as in S3 itself.
    options = ["--addr", address, "--auth-key", f"{KEY},{SECRET}", "--disable-multipart-streaming"]
    process = subprocess.Popen(
        [program, "serve", "s3", *options, "--config", "/dev/null", "--log-level", "ERROR", folder],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield S3Server(f"http://{address}", process)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "rclone ended"
            assert time.monotonic() < deadline, "rclone does not answer"
        time.sleep(0.05)
