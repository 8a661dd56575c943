"""Requests are counted once each, from any point in the log on."""

import json
from pathlib import Path

from launcher.audit import api_requests, position, tally


def event(number: int, *, agent: str = "operator/1", stage: str = "ResponseComplete") -> str:
    return json.dumps(
        {
            "auditID": f"id-{number}",
            "stage": stage,
            "verb": "patch",
            "userAgent": agent,
            "user": {"username": "system:serviceaccount:mediavault:operator"},
            "objectRef": {"resource": "deployments", "apiGroup": "apps", "namespace": "a", "name": "b"},
            "responseStatus": {"code": 200},
            "requestURI": "/apis/apps/v1/namespaces/a/deployments/b",
        }
    )


def test_a_request_with_several_stages_counts_once(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text(f"{event(1, stage='ResponseStarted')}\n{event(1)}\n{event(2)}\n", encoding="utf-8")
    assert tally(api_requests(log)) == {"patch deployments.apps": 2}


def test_only_the_program_asked_for_is_counted(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text(f"{event(1)}\n{event(2, agent='kubectl/v1.36')}\n", encoding="utf-8")
    (request,) = api_requests(log, user_agent="kubectl")
    assert (request.verb, request.namespace, request.name, request.code) == ("patch", "a", "b", 200)


def test_a_dry_run_is_told_from_what_writes(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    dry = {**json.loads(event(2)), "requestURI": "/api/v1/namespaces/a/pods?fieldManager=us&dryRun=All"}
    log.write_text(f"{event(1)}\n{json.dumps(dry)}\n", encoding="utf-8")
    assert [request.dry_run for request in api_requests(log)] == [False, True]


def test_counting_starts_where_it_is_told_to(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    assert position(log) == 0
    log.write_text(f"{event(1)}\n", encoding="utf-8")
    start = position(log)
    with log.open("a", encoding="utf-8") as more:
        more.write(f"{event(2)}\n")
    assert len(api_requests(log, start=start)) == 1
