"""The managed database's StatefulSet."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediavault_operator.children.statefulset import START, build_stateful_set

Maker = Callable[..., Any]
POSTGRES = """#!/bin/sh
if [ "$1" = --single ]; then cat > "$RECORD"; fi
"""
ENTRYPOINT = '#!/bin/sh\necho "started $*" >> "$STARTED"\n'


@pytest.fixture(name="start")
def starter(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Runs the start script with stand-ins for PostgreSQL and tells what they were given."""

    def run(password: str) -> dict[str, str]:
        programs = tmp_path / "bin"
        programs.mkdir(exist_ok=True)
        for name, text in (("postgres", POSTGRES), ("docker-entrypoint.sh", ENTRYPOINT)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        (tmp_path / "password").write_text(password)
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGDATA": str(tmp_path / "pgdata"),
            "POSTGRES_USER": "mediavault",
            "POSTGRES_PASSWORD_FILE": str(tmp_path / "password"),
            "RECORD": str(tmp_path / "sql"),
            "STARTED": str(tmp_path / "started"),
        }
        subprocess.run(["sh", "-c", START], env=environment, check=True)
        return {
            path.name: path.read_text() for path in (tmp_path / "sql", tmp_path / "started") if path.exists()
        }

    return run


def test_an_empty_volume_is_left_to_the_image(start: Callable[[str], dict[str, str]]) -> None:
    assert start("secret") == {"started": "started postgres\n"}


def test_a_complete_database_is_brought_to_the_secrets_password(
    start: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "PG_VERSION").write_text("17\n")
    (tmp_path / "pgdata.complete").touch()
    told = start("it's")
    assert told["sql"] == "ALTER ROLE \"mediavault\" PASSWORD 'it''s';\n"
    assert told["started"] == "started postgres\n"


def test_a_database_that_never_answered_is_moved_aside_not_deleted(
    start: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "PG_VERSION").write_text("17\n")
    assert "sql" not in start("secret")
    (aside,) = tmp_path.glob("pgdata.incomplete-*")
    assert (aside / "PG_VERSION").exists()


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
