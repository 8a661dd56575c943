"""What builders and status both read from what was seen."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import Migrated, Observed, media_is_shared, migrated
from mediavault_operator.outcome import prepare_report

Maker = Callable[..., Any]


def ended(message: str, *, code: int = 0) -> dict[str, Any]:
    terminated = {"exitCode": code, "message": message}
    return {"name": names.PREPARE_CONTAINER, "state": {"terminated": terminated}}


def test_nothing_is_migrated_before_the_first_job(job: Maker) -> None:
    assert migrated(Observed()) is None
    assert migrated(Observed(jobs=(job("t"), job("u", ended="Failed")))) is None


def test_the_status_remembers_what_its_job_no_longer_shows() -> None:
    memory = {"template": "t", "image": "app:1", "secrets": "s", "version": "1.0"}
    assert migrated(Observed(migration=memory)) == Migrated(**memory)


def test_a_completed_job_says_what_it_migrated_to(job: Maker, pod: Maker) -> None:
    done = job("t", ended="Complete")
    report = pod(
        names.MIGRATE,
        ended('{"version": "1.2", "applied": 3}\n'),
        labels={names.JOB_NAME_LABEL: "photos-migrate-t"},
    )
    expected = Migrated(template="t", image="registry/app:1.0", secrets="secrets-of-t", version="1.2")
    assert migrated(Observed(jobs=(done,), pods=(report,))) == expected


def test_the_version_outlives_the_jobs_pod(job: Maker) -> None:
    memory = {"template": "t", "image": "app:1", "version": "1.2"}
    found = migrated(Observed(jobs=(job("t", ended="Complete"),), migration=memory))
    assert found is not None
    assert found.version == "1.2"


def test_a_newer_release_that_was_there_before_is_remembered(job: Maker, pod: Maker) -> None:
    done, labels = job("t", ended="Complete"), {names.JOB_NAME_LABEL: "photos-migrate-t"}
    report = pod(names.MIGRATE, ended('{"version": "1.2", "newest": "1.3"}'), labels=labels)
    found = migrated(Observed(jobs=(done,), pods=(report,)))
    assert found is not None
    assert (found.version, found.newest) == ("1.2", "1.3")
    memory = {"template": "t", "image": "app:1", "version": "1.2", "newest": "1.3"}
    later = migrated(Observed(jobs=(done,), migration=memory))
    assert later is not None
    assert later.newest == "1.3"


def test_the_newest_of_several_jobs_counts(job: Maker) -> None:
    first = job("a", ended="Complete", at="2026-11-22T11:00:00Z")
    last = job("b", ended="Complete", at="2026-11-22T11:30:00Z")
    found = migrated(Observed(jobs=(last, first)))
    assert found is not None
    assert found.template == "b"


@pytest.mark.parametrize("message", ["", "Traceback ...", "[1]", "{broken", "null"])
def test_words_that_are_no_report_are_none(pod: Maker, message: str) -> None:
    assert prepare_report(pod(names.MIGRATE, ended(message, code=1))) == {}


def test_the_report_is_the_last_line(pod: Maker) -> None:
    told = pod(names.MIGRATE, ended('applying\n{"error": "no"}\n', code=1))
    assert prepare_report(told) == {"error": "no"}


@pytest.mark.parametrize(
    ("modes", "embedded", "expected"),
    [(["ReadWriteMany"], False, True), (["ReadWriteOnce"], False, False), (["ReadWriteMany"], True, False)],
)
def test_media_are_shared_by_their_modes_but_never_beside_sqlite(
    make_vault: Maker, modes: list[str], embedded: bool, expected: bool
) -> None:
    database: dict[str, Any] = {"embedded": {}} if embedded else {"managed": {}}
    vault = make_vault({"storage": {"claim": {"accessModes": modes}}, "database": database})
    assert media_is_shared(vault, Observed()) is expected
