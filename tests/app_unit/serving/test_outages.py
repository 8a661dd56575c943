"""A full disk and a database that is restarted: told as what they are, and well again by themselves."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from mediavault.vault.storage.temporary_files import RESERVE
from postgres_server import PostgresServer
from served_app import VAULTAPP, ServedApp, served_app

MEBIBYTE = 1024 * 1024
SECONDS = 60
TUS = {"Tus-Resumable": "1.0.0"}
Answer = Callable[[], requests.Response]


class Client:
    """What a user of the vault does while something is broken."""

    def __init__(self, app: ServedApp, film: bytes) -> None:
        self._app = app
        self._content = iter(bytes([number]) * MEBIBYTE for number in range(256))
        self._folder = self.ask("POST", "folders/", json={"name": "f"}).json()["id"]
        self._film, self._known = (
            self.ask("PUT", f"upload/{name}", data=content, params={"folder": self._folder}).json()["id"]
            for name, content in (("film.mp4", film), ("known", b"known"))
        )
        self._upload = self.ask(
            "POST",
            "uploads/",
            headers={**TUS, "Upload-Length": str(MEBIBYTE), "Upload-Metadata": "filename dA=="},
        ).headers["Location"]

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self._app.url}/api/{path}"
        headers = {**self._app.headers, **options.pop("headers", {})}
        return requests.request(method, url, headers=headers, timeout=SECONDS, **options)

    def writing(self) -> dict[str, Answer]:
        """Requests that bring bytes."""
        tus = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        return {
            "raw PUT": lambda: self.ask("PUT", "upload/raw", data=next(self._content)),
            "form": lambda: self.ask("POST", "files/", files={"file": ("form", next(self._content))}),
            "content": lambda: self.ask("PUT", f"files/{self._known}/content/", data=next(self._content)),
            "tus": lambda: self.ask("PATCH", self._upload, data=b"t" * MEBIBYTE, headers=tus),
        }

    def others(self) -> dict[str, Answer]:
        """Requests that need the database alone, or what is in the store already."""
        chosen = {"files": [self._known], "folder": None, "on_conflict": "rename"}
        return {
            "list": lambda: self.ask("GET", "files/"),
            "zip": lambda: self.ask("GET", f"folders/{self._folder}/zip/"),
            "download": lambda: self.ask("GET", f"files/{self._known}/download/"),
            "bulk copy": lambda: self.ask("POST", "bulk/copy/", json=chosen),
            "changes": lambda: self.ask("GET", "changes/"),
            "events": self.first_events,
        }

    def first_events(self) -> requests.Response:
        """The answer of the events, whose first one has come."""
        answer = self.ask("GET", "events/", stream=True)
        with answer:
            if answer.ok:
                assert next(answer.iter_lines(chunk_size=1)).startswith(b"retry")
            else:
                assert answer.content
            return answer

    def film_state(self) -> str:
        return str(self.ask("GET", f"files/{self._film}/").json()["state"])


@contextmanager
def working(app: ServedApp, folder: Path) -> Iterator[Path]:
    """A worker, and its log."""
    command = [sys.executable, "manage.py", "work", "--heartbeat", str(folder / "heartbeat")]
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env=dict(app.environment), cwd=VAULTAPP, stderr=log)
    try:
        yield folder / "worker.log"
        assert process.poll() is None, "the worker ended"
    finally:
        process.terminate()
        process.wait(SECONDS)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def told(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


@pytest.fixture
def small_disk(media_root: Path) -> Iterator[Path]:
    """A vault's folder, whose media stand on a disk of 24 MiB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "mediavault-test", str(media_root)]
    if failed := subprocess.run(command, check=False, capture_output=True, text=True).stderr:
        reason = f"cannot mount a small disk, so a full one is NOT tested: {failed.strip()}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield media_root.parent
    subprocess.run(["umount", str(media_root)], check=True)


def test_a_full_disk_takes_no_bytes_does_all_else_and_is_well_again_with_room(
    django_db_modify_db_settings: None, small_disk: Path, film: bytes
) -> None:
    media = small_disk / "media"
    with served_app(small_disk) as app:
        client = Client(app, film)
        volume = os.statvfs(media)
        ballast = media / "ballast"
        ballast.write_bytes(bytes(volume.f_bavail * volume.f_frsize - RESERVE))
        before = sorted(media.rglob("*"))
        with working(app, small_disk) as log:
            for name, ask in client.writing().items():
                assert told(ask()) == (507, "storage-full"), name
            assert sorted(media.rglob("*")) == before
            for name, ask in client.others().items():
                assert ask().ok, name
            eventually(lambda: "cannot go on for now" in log.read_text())
            assert client.film_state() == "pending"
            ballast.unlink()
            for name, ask in client.writing().items():
                assert ask().ok, name
            eventually(lambda: client.film_state() == "ready")


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="mediavault-postgres-", dir="/tmp") as folder:
        server = PostgresServer(Path(folder))
        server.initialise()
        server.start()
        yield server
        server.stop()


@pytest.mark.postgres
def test_without_its_database_it_says_so_and_is_well_again_with_it(
    django_db_modify_db_settings: None, database: PostgresServer, tmp_path: Path, film: bytes
) -> None:
    url = f"postgres://postgres@{str(database.folder).replace('/', '%2F')}:5432/postgres"
    with served_app(tmp_path, DATABASE_URL=url) as app:
        client = Client(app, film)
        listening = client.ask("GET", "events/", stream=True)
        with working(app, tmp_path), listening:
            database.stop()
            for name, ask in {**client.writing(), **client.others()}.items():
                answer = ask()
                assert told(answer) == (503, "database-unavailable"), name
                assert answer.headers["Retry-After"], name
            # The stream ends instead of going quiet.
            for _ in listening.iter_content(1024):
                pass
            assert requests.get(f"{app.url}/livez", timeout=SECONDS).ok
            assert requests.get(f"{app.url}/readyz", timeout=SECONDS).status_code == 503
            database.start()
            for name, ask in {**client.writing(), **client.others()}.items():
                assert ask().ok, name
            eventually(lambda: client.film_state() == "ready")
