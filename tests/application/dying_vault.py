"""A served vault whose processes can be told to die at a step, and whoever looks what is left of it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from served_app import VAULTAPP, ServedApp, served_app

_HERE = Path(__file__).parent
SECONDS = 60
_DIED = re.compile(r"died, process (\d+),")


@dataclass
class Vault:
    """A served vault that can be told to die, and the one who looks what is left of it."""

    app: ServedApp
    told: Path
    auditor: "subprocess.Popen[str]"
    told_last: str = ""

    def ask(self, method: str, path: str, *, last: str = "", **options: Any) -> requests.Response:
        """An answer, whatever it is; `last` is the worker's last step."""
        headers = {
            **self.app.headers,
            **options.pop("headers", {}),
            **({"X-Last-Step": last} if last else {}),
        }
        url = path if path.startswith("http") else f"{self.app.url}/api/{path}"
        return requests.request(method, url, headers=headers, timeout=SECONDS, **options)

    def put(self, name: str, content: bytes, **options: Any) -> dict[str, Any]:
        answer = self.ask("PUT", f"upload/{name}", data=content, **options)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def folder(self, name: str, parent: int | None = None) -> int:
        answer = self.ask("POST", "folders/", json={"name": name, "parent_folder": parent})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def state(self) -> dict[str, Any]:
        """What is in it after the sweep."""
        assert self.auditor.stdin is not None
        assert self.auditor.stdout is not None
        print("look", file=self.auditor.stdin, flush=True)
        found: dict[str, Any] = json.loads(self.auditor.stdout.readline())
        return found

    def clear(self) -> None:
        """Delete everything, by the API."""
        rows = {
            kind: [row["id"] for row in self.ask("GET", f"{kind}/").json()] for kind in ("files", "folders")
        }
        if any(rows.values()):
            answer = self.ask("POST", "bulk/delete/", json={**rows, "contents": "delete"})
            assert answer.status_code == 204, answer.text

    def outcome(self) -> str:
        """Whether the worker died, and at which step; asked once for each request that names a last one."""
        deadline = time.monotonic() + SECONDS
        while not (self.told.exists() and self.told.read_text().endswith("\n")):
            assert time.monotonic() < deadline, "the worker neither lived nor died"
            time.sleep(0.005)
        found = self.told.read_text()
        self.told.unlink()
        # Its locks end with it, a moment after its last word.
        while (died := _DIED.match(found)) and Path("/proc", died[1]).exists():
            assert time.monotonic() < deadline, "a killed process stays"
            time.sleep(0.005)
        return found.strip()

    def work(self, last: str) -> str:
        """Let a worker do what waits, until that step; whether it died."""
        command = [sys.executable, str(_HERE / "dying_worker.py"), last]
        subprocess.run(command, env=dict(self.app.environment), cwd=VAULTAPP, timeout=SECONDS, check=False)
        return self.outcome()


@contextmanager
def dying_vault(folder: Path) -> Iterator[Vault]:
    """One that is served from `folder`, on PostgreSQL where the tests run on it."""
    told = folder / "told"
    environment = {
        "PYTHONPATH": f"{VAULTAPP}{os.pathsep}{_HERE}",
        "STEPS_LOG": str(told),
        # A worker is replaced by a fork instead of a start.
        "GUNICORN_CMD_ARGS": "--preload",
    }
    with served_app(folder, application="dying_app:application", **environment) as app:
        looking = subprocess.Popen(
            [sys.executable, str(_HERE / "auditor.py")],
            env=dict(app.environment),
            cwd=VAULTAPP,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with looking:
            yield Vault(app, told, looking)
