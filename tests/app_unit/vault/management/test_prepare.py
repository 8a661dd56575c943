"""`manage.py prepare` as the operator's Job runs it: a process judged by its exit code and last line."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.db import connection

from mediavault import __version__
from mediavault.config import S3Config

MANAGE = Path(__file__).parents[4] / "vaultapp" / "manage.py"
ALL = 22
TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "password").write_text("a password")
    (tmp_path / "token").write_text(TOKEN)
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k3y-0123456789-abcdefghijklmnopqrstuvwxyz",
        "MEDIA_ROOT": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/.mediavault/db.sqlite3",
        "ADMIN_USERNAME": "admin",
        "ADMIN_PASSWORD_FILE": str(tmp_path / "password"),
        "ADMIN_TOKEN_FILE": str(tmp_path / "token"),
    }


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / ".mediavault" / "db.sqlite3"


def start(environ: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(MANAGE), "prepare", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True, cwd=MANAGE.parent)


def outcome(process: "subprocess.Popen[str]") -> tuple[int, dict[str, object]]:
    out, err = process.communicate(timeout=120)
    assert "a password" not in out + err
    assert TOKEN not in out + err
    return process.returncode, json.loads(out.splitlines()[-1])


def prepare(environ: dict[str, str], *arguments: str) -> tuple[int, dict[str, object]]:
    return outcome(start(environ, *arguments))


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(sql).fetchall()


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as opened:
        return list(opened.iterdump())


def test_an_empty_place_becomes_a_database_with_an_admin(environ: dict[str, str], database: Path) -> None:
    assert prepare(environ) == (0, {"version": __version__, "applied": ALL, "newest": __version__})
    assert rows(database, "SELECT username, is_superuser FROM accounts_user") == [("admin", 1)]
    assert rows(database, "SELECT key FROM authtoken_token") == [(TOKEN,)]
    assert {path.name for path in database.parent.iterdir()} <= {
        "db.sqlite3",
        "db.sqlite3.lock",
        "db.sqlite3-wal",
        "db.sqlite3-shm",
    }


def test_a_second_run_changes_nothing(environ: dict[str, str], database: Path) -> None:
    prepare(environ)
    before = rows(database, "SELECT * FROM accounts_user")
    assert prepare(environ) == (0, {"version": __version__, "applied": 0, "newest": __version__})
    assert rows(database, "SELECT * FROM accounts_user") == before


def test_a_failed_migration_leaves_the_database_as_it_was(environ: dict[str, str], database: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("CREATE TABLE vault_file (id INTEGER)")
        opened.execute("INSERT INTO vault_file VALUES (42)")
    before = dump(database)
    code, said = prepare(environ)
    assert (code, list(said)) == (1, ["error"])
    assert "vault_file" in str(said["error"])
    assert dump(database) == before
    assert not list(database.parent.glob("*.migrating*"))


def test_what_the_log_still_held_is_migrated_too(environ: dict[str, str], database: Path) -> None:
    prepare(environ)
    writer = sqlite3.connect(database)
    writer.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    writer.execute("DROP TABLE django_session")
    writer.execute("UPDATE accounts_user SET first_name = 'kept'")
    writer.commit()
    # Not closed: as after a kill, the changes stand in the write-ahead log only.
    assert prepare(environ)[1]["applied"] == 1
    writer.close()
    assert rows(database, "SELECT first_name FROM accounts_user") == [("kept",)]


def test_two_at_once_migrate_once(environ: dict[str, str]) -> None:
    results = [outcome(process) for process in [start(environ), start(environ)]]
    assert [code for code, _ in results] == [0, 0]
    assert sorted(said["applied"] for _, said in results) == [0, ALL]  # type: ignore[type-var]


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "ADMIN_PASSWORD_FILE"])
def test_a_wrong_configuration_says_so(environ: dict[str, str], missing: str) -> None:
    del environ[missing]
    code, said = prepare(environ)
    assert (code, list(said)) == (2, ["error"])
    assert missing in str(said["error"])


def test_an_embedded_database_says_that_its_folder_cannot_be_written(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ["MEDIA_ROOT"] = str(tmp_path / "absent")
    code, said = prepare(environ, "--wait", "0")
    assert (code, list(said)) == (4, ["error"])
    assert str(said["error"]).startswith(f"MEDIA_ROOT {tmp_path}/absent cannot be written by user ")


def in_bucket(environ: dict[str, str], s3: S3Config, **changed: str) -> dict[str, str]:
    variables = {
        "S3_BUCKET": s3.bucket,
        "S3_ENDPOINT_URL": str(s3.endpoint_url),
        "S3_ACCESS_KEY_ID": s3.access_key_id,
        "S3_SECRET_ACCESS_KEY": s3.secret_access_key,
        "S3_ADDRESSING_STYLE": "path",
    }
    return {**environ, **variables, **changed}


def test_a_bucket_is_written_before_anything_is_migrated(
    environ: dict[str, str], database: Path, s3: S3Config
) -> None:
    assert prepare(in_bucket(environ, s3))[0] == 0
    database.unlink()
    code, said = prepare(in_bucket(environ, s3, S3_BUCKET="absent"))
    assert (code, list(said)) == (4, ["error"])
    assert str(said["error"]).startswith(f"The bucket absent at {s3.endpoint_url} cannot be written: ")
    assert not database.exists()
    code, said = prepare(in_bucket(environ, s3, S3_SECRET_ACCESS_KEY="wrong"))
    assert (code, "SignatureDoesNotMatch" in str(said["error"])) == (4, True)


def test_a_database_that_cannot_be_reached_says_so(environ: dict[str, str]) -> None:
    environ["DATABASE_URL"] = "postgres://u:hunter2@127.0.0.1:1/vault"
    code, said = prepare(environ, "--wait", "0")
    assert (code, list(said)) == (3, ["error"])
    assert "hunter2" not in str(said)


@pytest.fixture
def empty_postgres(environ: dict[str, str], transactional_db: None) -> Iterator[dict[str, str]]:
    settings = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE prepare_test")
    user = f"{settings['USER']}:{settings['PASSWORD'] or 'none'}"
    where = f"{settings['HOST'].replace('/', '%2F')}:{settings['PORT'] or 5432}"
    yield {**environ, "DATABASE_URL": f"postgres://{user}@{where}/prepare_test"}
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE prepare_test")


@pytest.mark.postgres
def test_two_at_once_migrate_postgresql_once(empty_postgres: dict[str, str]) -> None:
    results = [outcome(process) for process in [start(empty_postgres) for _ in range(3)]]
    assert [code for code, _ in results] == [0, 0, 0]
    assert sorted(said["applied"] for _, said in results) == [0, 0, ALL]  # type: ignore[type-var]


@pytest.mark.postgres
def test_a_failed_migration_of_postgresql_is_told_and_can_be_repeated(empty_postgres: dict[str, str]) -> None:
    with closing(psycopg2.connect(empty_postgres["DATABASE_URL"])) as opened:
        opened.autocommit = True
        opened.cursor().execute("CREATE TABLE vault_file (id INTEGER)")
        code, said = prepare(empty_postgres)
        assert (code, list(said)) == (1, ["error"])
        assert "vault_file" in str(said["error"])
        opened.cursor().execute("DROP TABLE vault_file")
    code, said = prepare(empty_postgres)
    assert code == 0
    assert 0 < int(str(said["applied"])) < ALL


@pytest.mark.postgres
def test_a_database_of_a_release_too_new_is_left_as_it_is(empty_postgres: dict[str, str]) -> None:
    assert prepare(empty_postgres)[0] == 0
    with closing(psycopg2.connect(empty_postgres["DATABASE_URL"])) as opened:
        opened.autocommit = True
        opened.cursor().execute("INSERT INTO mediavault_release VALUES ('9.0.0', '2999-01-01')")
        opened.cursor().execute("DELETE FROM django_migrations WHERE name = '0002_finding'")
    code, said = prepare(empty_postgres)
    assert (code, list(said)) == (5, ["error"])
    assert f"release 9.0.0 and cannot go back to {__version__}" in str(said["error"])
    with closing(psycopg2.connect(empty_postgres["DATABASE_URL"])) as opened:
        asking = opened.cursor()
        asking.execute("SELECT count(*) FROM django_migrations WHERE name = '0002_finding'")
        assert asking.fetchone() == (0,)


def test_an_embedded_database_of_a_release_too_new_is_left_as_it_is(
    environ: dict[str, str], database: Path
) -> None:
    prepare(environ)
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("INSERT INTO mediavault_release VALUES ('9.0.0', '2999-01-01')")
    before = dump(database)
    code, said = prepare(environ)
    assert (code, list(said)) == (5, ["error"])
    assert dump(database) == before
