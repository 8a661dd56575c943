"""Server-sent events through the server that serves them."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from served_app import VAULTAPP, ServedApp, served_app

THREADS = 8


@pytest.fixture
def app(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[ServedApp]:
    with served_app(tmp_path, WEB_THREADS=str(THREADS)) as running:
        yield running


def listen(app: ServedApp, **headers: str) -> requests.Response:
    return requests.get(f"{app.url}/api/events/", headers={**app.headers, **headers}, stream=True, timeout=30)


def events(answer: requests.Response) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for sent in answer.iter_lines(chunk_size=1):
        line = sent.decode()
        name, _, value = line.partition(": ")
        if line and name in ("id", "event", "data"):
            event[name] = json.loads(value) if name == "data" else value
        elif not line and event:
            yield event
            event = {}


def put(app: ServedApp, name: str) -> int:
    files = {"file": (name, b"%PDF-1.7\n" + name.encode())}
    answer = requests.post(f"{app.url}/api/files/", files=files, headers=app.headers, timeout=30)
    return int(answer.json()["id"])


def test_a_change_is_told_as_it_happens_and_resumed_where_it_ended(app: ServedApp) -> None:
    with listen(app) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["X-Accel-Buffering"] == "no"
        told = events(answer)
        first = next(told)
        assert first["event"] == "change"
        file_id = put(app, "a.pdf")
        assert next(told) == {"event": "media", "data": {"file": file_id, "state": "pending"}}
        change = next(told)
        assert change["data"]["revision"] > first["data"]["revision"]
        assert change["id"] == str(change["data"]["revision"])
    with listen(app, **{"Last-Event-ID": first["id"]}) as answer:
        told = events(answer)
        assert next(told)["data"] == {"file": file_id, "state": "pending"}
        assert next(told)["id"] == change["id"]


def test_listeners_take_a_quarter_of_the_threads_at_most(app: ServedApp) -> None:
    open_ones = [listen(app) for _ in range(THREADS // 4)]
    refused = listen(app)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    assert refused.json()["type"].endswith("/too-many-listeners")
    for each in open_ones:
        assert next(events(each))["event"] == "change"
        each.close()


def test_a_revoked_token_ends_what_it_opened(app: ServedApp) -> None:
    with listen(app) as answer:
        told = events(answer)
        next(told)
        command = "from rest_framework.authtoken.models import Token; Token.objects.all().delete()"
        arguments = [sys.executable, "manage.py", "shell", "-v0", "-c", command]
        subprocess.run(arguments, env=dict(app.environment), cwd=VAULTAPP, check=True)
        began = time.monotonic()
        assert list(told) == []
        assert time.monotonic() - began < 10


def test_a_server_that_ends_lets_its_listeners_go(app: ServedApp) -> None:
    with listen(app) as answer:
        told = events(answer)
        next(told)
        assert app.process is not None
        began = time.monotonic()
        app.process.send_signal(signal.SIGTERM)
        assert list(told) == []
        assert app.process.wait(30) == 0
        assert time.monotonic() - began < 20


def test_an_id_that_is_none_is_refused_by_its_name(app: ServedApp) -> None:
    answer = listen(app, **{"Last-Event-ID": "x"})
    assert answer.status_code == 400
    assert "Last-Event-ID" in answer.json()["errors"]


class Halting:
    """A body that stops in its middle until it `goes_on`."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.halfway, self.goes_on = threading.Event(), threading.Event()

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self._content), 30_000):
            if at == len(self._content) // 2:
                self.halfway.set()
                self.goes_on.wait(10)
            yield self._content[at : at + 30_000]


def test_an_upload_is_handed_over_by_a_server_that_ends(app: ServedApp) -> None:
    # More than a server reads at once, which it goes on to take.
    content = b"0123456789" * 300_000
    tus = {**app.headers, "Tus-Resumable": "1.0.0"}
    begun = requests.post(
        f"{app.url}/api/uploads/",
        headers={**tus, "Upload-Length": str(len(content)), "Upload-Metadata": "filename YS5iaW4="},
        timeout=10,
    )
    path = begun.headers["Location"].removeprefix(app.url)
    body = {**tus, "Content-Type": "application/offset+octet-stream"}
    slow = Halting(content)

    other = app.beside()
    other.start()
    try:
        assert app.process is not None
        answers: list[requests.Response] = []

        def send() -> None:
            headers = {**body, "Upload-Offset": "0"}
            answers.append(requests.patch(f"{app.url}{path}", headers=headers, data=slow, timeout=30))

        sender = threading.Thread(target=send)
        sender.start()
        assert slow.halfway.wait(10)
        app.process.send_signal(signal.SIGTERM)
        # The arbiter passes the signal on; the app has seen it once it takes no more.
        while _accepts(app):
            time.sleep(0.05)
        slow.goes_on.set()
        sender.join(30)
        assert answers[0].status_code == 503
        kept = requests.head(f"{other.url}{path}", headers=tus, timeout=10)
        offset = int(kept.headers["Upload-Offset"])
        assert 0 < offset < len(content)
        rest = requests.patch(
            f"{other.url}{path}",
            headers={**body, "Upload-Offset": str(offset)},
            data=content[offset:],
            timeout=30,
        )
        assert rest.status_code == 204
        address = f"{other.url}/api/files/{rest.headers['X-File-Id']}/download/"
        assert requests.get(address, headers=app.headers, timeout=10).content == content
    finally:
        other.stop()


def _accepts(app: ServedApp) -> bool:
    try:
        return requests.get(f"{app.url}/livez", timeout=1).ok
    except requests.RequestException:
        return False
