"""The worker killed at every step of its work: what was acknowledged stays, and the work is done at last."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dying_vault import Vault, dying_vault
from full import FULL
from served_app import VAULTAPP

SAMPLE = 3


@pytest.fixture(scope="module")
def vault(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    with dying_vault(tmp_path_factory.mktemp("served")) as running:
        yield running


def state(vault: Vault) -> str:
    """How far the one file's examination has come; everything fits together."""
    found = vault.state()
    assert found["wrong"] == []
    ((_, told),) = found["files"].values()
    return str(told)


def undisturbed(vault: Vault, film: bytes) -> list[str]:
    """The steps of a worker that examines the film."""
    vault.put("film.mp4", film)
    steps = vault.work("never:0").removeprefix("lived: ").split()
    assert state(vault) == "ready"
    vault.clear()
    return steps


def test_a_worker_killed_at_any_step_loses_nothing_and_its_work_is_done_at_last(
    vault: Vault, film: bytes
) -> None:
    undisturbed(vault, film)  # which makes folders in the store
    steps = undisturbed(vault, film)
    every = [f"{when}:{number}" for number in range(1, len(steps) + 1) for when in ("before", "after")]
    for last in every if FULL else random.Random(1).sample(every, SAMPLE):
        file = vault.put("film.mp4", film)
        assert vault.work(last).startswith("died"), last
        assert state(vault) in ("pending", "ready"), last
        assert vault.ask("GET", f"files/{file['id']}/download/").content == film
        assert vault.work("never:0").startswith("lived"), last
        assert state(vault) == "ready", last
        assert vault.ask("GET", f"files/{file['id']}/thumbnail/").status_code == 200
        vault.clear()


def test_one_that_kills_every_worker_is_given_up(vault: Vault, film: bytes) -> None:
    file = vault.put("film.mp4", film)
    for _ in range(3):
        assert vault.work("after:8").startswith("died")
    assert vault.work("never:0").startswith("lived")
    told = vault.ask("GET", f"files/{file['id']}/").json()
    assert (told["state"], told["reason"]) == ("failed", "gave up after 3 attempts: each ended the worker")
    vault.clear()


def test_on_sigterm_it_stops_at_once(vault: Vault, tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    command = [sys.executable, "manage.py", "work", "--heartbeat", str(heartbeat)]
    process = subprocess.Popen(command, env=dict(vault.app.environment), cwd=VAULTAPP)
    deadline = time.monotonic() + 60
    while not heartbeat.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    assert process.wait(10) == 0
