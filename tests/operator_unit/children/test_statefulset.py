"""The managed database's StatefulSet."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediavault_operator.children.statefulset import START, build_stateful_set

Maker = Callable[..., Any]
POSTGRES = '#!/bin/sh\necho "$1 $3: $(cat)" >> "$RECORD"\n'
INITDB = """#!/bin/sh
mkdir "$PGDATA.new" && echo 17 > "$PGDATA.new/PG_VERSION"
[ -z "${KILLED:-}" ] || exit 137
"""
ENTRYPOINT = '#!/bin/sh\necho "started $*" >> "$RECORD"\n'
STARTED = "started postgres -c listen_addresses=*"


@pytest.fixture(name="start")
def starter(tmp_path: Path) -> Callable[..., list[str]]:
    """Runs the start script with stand-ins for PostgreSQL's programs and tells what they were asked."""

    def run(password: str, *, killed: bool = False) -> list[str]:
        programs, record = tmp_path / "bin", tmp_path / "record"
        programs.mkdir(exist_ok=True)
        record.unlink(missing_ok=True)
        every = {"postgres": POSTGRES, "initdb": INITDB, "docker-entrypoint.sh": ENTRYPOINT}
        for name, text in every.items():
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        (tmp_path / "password").write_text(password)
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGDATA": str(tmp_path / "pgdata"),
            "POSTGRES_USER": "mediavault",
            "POSTGRES_DB": "films",
            "POSTGRES_PASSWORD_FILE": str(tmp_path / "password"),
            "RECORD": str(record),
            "KILLED": "yes" if killed else "",
        }
        done = subprocess.run(["sh", "-c", START], env=environment, check=False)
        assert bool(done.returncode) is killed
        return record.read_text().splitlines() if record.exists() else []

    return run


def test_an_empty_volume_is_initialized_beside_its_place(
    start: Callable[..., list[str]], tmp_path: Path
) -> None:
    single = f'--single {tmp_path}/pgdata.new: CREATE DATABASE "films";'
    assert start("secret") == [single, STARTED]
    assert (tmp_path / "pgdata" / "PG_VERSION").exists()
    assert "host all all all scram-sha-256" in (tmp_path / "pgdata" / "pg_hba.conf").read_text()


def test_an_initialization_that_was_killed_is_begun_again(
    start: Callable[..., list[str]], tmp_path: Path
) -> None:
    assert start("secret", killed=True) == []
    assert not (tmp_path / "pgdata").exists()
    assert start("secret")[-1] == STARTED
    assert not (tmp_path / "pgdata.new").exists()


def test_a_database_that_stands_is_brought_to_the_secrets_password(
    start: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "PG_VERSION").write_text("17\n")
    single = f"--single {tmp_path}/pgdata: ALTER ROLE \"mediavault\" PASSWORD 'it''s';"
    assert start("it's") == [single, STARTED]


def test_the_claim_is_mounted_by_name(make_vault: Maker) -> None:
    vault = make_vault()
    built = build_stateful_set(vault, vault.database, replicas=1, secrets="mark")
    assert "volumeClaimTemplates" not in built["spec"]
    volumes = built["spec"]["template"]["spec"]["volumes"]
    assert {"claimName": "photos-db"} in [volume.get("persistentVolumeClaim") for volume in volumes]


def test_another_password_restarts_the_database(make_vault: Maker) -> None:
    vault = make_vault()
    one, two = (
        build_stateful_set(vault, vault.database, replicas=1, secrets=mark)["spec"]["template"]
        for mark in ("a", "b")
    )
    assert one["metadata"] != two["metadata"]
