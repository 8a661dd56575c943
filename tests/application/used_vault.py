"""A served vault as its account uses it, and management commands as the operator's Jobs run them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from served_app import VAULTAPP, ServedApp


@dataclass(frozen=True)
class Vault:
    """A vault that is served, and asked as its account."""

    app: ServedApp

    def put(self, path: str, content: bytes) -> dict[str, Any]:
        return dict(self._json("PUT", f"upload/{path}", data=content))

    def make_folder(self, name: str, **fields: Any) -> dict[str, Any]:
        return dict(self._json("POST", "folders/", json={"name": name, **fields}))

    def delete(self, file: Mapping[str, Any]) -> None:
        self.ask("DELETE", f"files/{file['id']}/")

    def rows(self, kind: str) -> list[dict[str, Any]]:
        return list(self._json("GET", f"{kind}/"))

    def content(self, file: Mapping[str, Any]) -> bytes:
        return self.ask("GET", f"files/{file['id']}/download/").content

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        answer = requests.request(
            method, f"{self.app.url}/api/{path}", headers=self.app.headers, timeout=30, **given
        )
        answer.raise_for_status()
        return answer

    def _json(self, method: str, path: str, **given: Any) -> Any:
        return self.ask(method, path, **given).json()


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, its last line, and all that it said."""

    code: int
    outcome: dict[str, Any]
    said: str


def run(vault: Vault, *arguments: str, **environment: str) -> Ended:
    """A management command in the vault's environment."""
    ran = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**vault.app.environment, **environment},
        cwd=VAULTAPP,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = ran.stdout.splitlines()
    return Ended(ran.returncode, json.loads(lines[-1]) if lines else {}, ran.stdout + ran.stderr)
