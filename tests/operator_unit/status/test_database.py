"""Causes that keep a vault from its database, wherever that is."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import Address, ReferencedSecret, SharedServer

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
EXTERNAL = {"database": {"external": {"secretName": "my-url", "key": "url"}}}
QUIET = "2026-11-22T11:59:55Z"
SHARED_DATABASE = {"database": {"shared": {"adminSecretName": "server"}}}


def server(reason: str = "", trouble: str = "", **known: Any) -> SharedServer:
    return SharedServer(found=True, address=Address(host="pg"), reason=reason, trouble=trouble, **known)


def test_a_database_that_starts_is_waited_for(judge: Judge, healthy: Maker, condition: Read) -> None:
    starting = {"metadata": {"name": "photos-db", "creationTimestamp": QUIET}, "status": {"replicas": 1}}
    status = judge(healthy(stateful_set=starting))
    assert condition(status, "DatabaseReady")["reason"] == "Starting"
    assert condition(status, "Reconciling")["status"] == "True"


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (None, "SecretNotFound"),
        (ReferencedSecret(found=False), "SecretNotFound"),
        (ReferencedSecret(found=True), "SecretKeyMissing"),
    ],
)
def test_a_secret_without_its_url_is_named(
    judge: Judge, healthy: Maker, condition: Read, secret: ReferencedSecret | None, reason: str
) -> None:
    found = condition(judge(healthy(referenced_secret=secret), EXTERNAL, template=None), "DatabaseReady")
    assert found["reason"] == reason
    assert "my-url" in found["message"]
    assert "url" in found["message"]


def test_an_external_database_that_cannot_be_reached_is_named(
    judge: Judge, healthy: Maker, condition: Read, pod: Maker, job: Maker
) -> None:
    ended = {"exitCode": 3, "message": '{"error": "connection to db.example:5432 refused"}'}
    failed = {"name": names.PREPARE_CONTAINER, "state": {"terminated": ended}}
    children = healthy(
        migration=None,
        deployment=None,
        jobs=(job("t"),),
        pods=(pod(names.MIGRATE, failed, phase="Failed"),),
        referenced_secret=ReferencedSecret(found=True, has_key=True, digest="d"),
    )
    found = condition(judge(children, EXTERNAL), "DatabaseReady")
    assert found["reason"] == "Unreachable"
    assert "db.example:5432 refused" in found["message"]


@pytest.mark.parametrize(
    ("shared", "reason", "word"),
    [
        (None, "SecretNotFound", "Secret server in namespace tenant"),
        (SharedServer(found=False), "SecretNotFound", "host, username and password"),
        (SharedServer(found=False, forbidden=True), "SecretForbidden", "classes.serverSecrets"),
        (SharedServer(found=True, missing=("host",)), "SecretKeyMissing", "lacks host"),
        (server(), "Creating", "mv_tenant_photos_"),
        (server("NameTaken", "theirs"), "NameTaken", "theirs"),
        (server("DatabaseMissing", "gone"), "DatabaseMissing", "gone"),
        (server("Unreachable", "away", stands=True), "Unreachable", "away"),
        (server(stands=True), "Shared", "mv_tenant_photos_"),
    ],
)
def test_what_keeps_a_shared_database_from_being_there_is_named(
    judge: Judge, healthy: Maker, condition: Read, shared: SharedServer | None, reason: str, word: str
) -> None:
    found = condition(judge(healthy(shared_server=shared), SHARED_DATABASE), "DatabaseReady")
    assert found["reason"] == reason
    assert word in found["message"]


def test_a_database_of_a_newer_release_is_told(judge: Judge, healthy: Maker, condition: Read) -> None:
    memory = {"template": "t", "image": "registry/app:1.0", "version": "1.0", "newest": "1.1"}
    status = judge(healthy(migration=memory))
    assert condition(status, "Migrated")["reason"] == "WentBack"
    assert "the newer 1.1" in condition(status, "Migrated")["message"]
    assert condition(status, "Ready")["status"] == "True"
    assert status["migration"]["newest"] == "1.1"
