"""A PostgreSQL server of our own, which can be stopped and started again."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg2  # type: ignore[import-untyped]
import pytest

_PROGRAMS: Final = Path("/usr/lib/postgresql")
START_SECONDS: Final = 30


@dataclass
class PostgresServer:
    """A cluster in `folder`, reached by the socket there, that forgets at a crash of the machine."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def initialise(self) -> None:
        """Make it, before its first start. PostgreSQL refuses to be root."""
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        command: list[str | Path] = [
            _programs() / "initdb",
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
        ]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **_who())

    def start(self) -> None:
        """Start it, and return once it answers."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "max_connections": "150",
        }
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [_programs() / "postgres", "-D", self._data, *arguments], stderr=log, cwd="/", **_who()
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it in a hurry: it waits for no client."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(START_SECONDS)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _answers(self) -> bool:
        try:
            psycopg2.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True


def _programs() -> Path:
    found = sorted(_PROGRAMS.glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    sentence = "PostgreSQL's programs are missing: install the package postgresql"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def _who() -> dict[str, Any]:
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
