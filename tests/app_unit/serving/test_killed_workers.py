"""The worker killed at every step of its work: what was acknowledged stays, and the work is done at last."""

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from served_app import VAULTAPP, ServedApp, served_app

DYING_WORKER = Path(__file__).parents[2] / "application" / "dying_worker.py"
POINTS = ("claimed", "examined", "published", "before the commit")


@pytest.fixture
def app(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[ServedApp]:
    with served_app(tmp_path) as running:
        yield running


def worker(app: ServedApp, point: str) -> int:
    environment = {**app.environment, "PYTHONPATH": str(VAULTAPP)}
    command = [sys.executable, str(DYING_WORKER), point]
    return subprocess.run(command, env=environment, timeout=120, cwd=VAULTAPP).returncode


def manage(app: ServedApp, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, env=dict(app.environment), cwd=VAULTAPP, check=True, capture_output=True, text=True
    ).stdout


def picture(colour: str) -> bytes:
    result = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(result, "PNG")
    return result.getvalue()


def test_a_worker_killed_at_any_point_loses_nothing_and_its_work_is_done_at_last(app: ServedApp) -> None:
    content = picture("red")
    answer = requests.post(
        f"{app.url}/api/files/", files={"file": ("red.png", content)}, headers=app.headers, timeout=30
    )
    address = f"{app.url}/api/files/{answer.json()['id']}"
    shown = requests.get(f"{address}/thumbnail/", headers=app.headers, timeout=30)
    for point in POINTS:
        assert "Queued 1" in manage(app, "examine", "--all")
        assert worker(app, point) == -signal.SIGKILL
        assert requests.get(f"{address}/download/", headers=app.headers, timeout=30).content == content
        assert worker(app, "done") == 0, point
        after = requests.get(f"{address}/thumbnail/", headers=app.headers, timeout=30)
        assert (after.status_code, after.content) == (200, shown.content)


def test_one_that_kills_every_worker_is_given_up(app: ServedApp) -> None:
    files = {"file": ("red.png", picture("red"))}
    requests.post(f"{app.url}/api/files/", files=files, headers=app.headers, timeout=30)
    manage(app, "examine", "--all")
    for _ in range(3):
        assert worker(app, "examined") == -signal.SIGKILL
    assert worker(app, "done") == 0
    told = manage(
        app,
        "shell",
        "-v0",
        "-c",
        "from mediavault.vault.models import Blob; print(*Blob.objects.values_list('state', 'reason'))",
    )
    assert "('failed', 'gave up after 3 attempts: each ended the worker')" in told


def test_on_sigterm_it_stops_at_once(app: ServedApp, tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    command = [sys.executable, "manage.py", "work", "--heartbeat", str(heartbeat)]
    process = subprocess.Popen(command, env=dict(app.environment), cwd=VAULTAPP)
    deadline = time.monotonic() + 60
    while not heartbeat.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    assert process.wait(10) == 0
