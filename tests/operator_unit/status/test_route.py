"""What is said of an HTTPRoute and of kinds that the cluster lacks: none of it blocks anything."""

from collections.abc import Callable
from typing import Any

import pytest

Maker = Callable[..., Any]

SPEC: dict[str, Any] = {"gateway": {"parentRefs": [{"name": "edge"}], "hostnames": ["a.example"]}}
KINDS = frozenset({"HTTPRoute", "PodMonitor"})


def route(*conditions: tuple[str, str]) -> dict[str, Any]:
    said = [
        {"type": kind, "status": status, "reason": "NoMatchingListener", "message": "no listener fits"}
        for kind, status in conditions
    ]
    return {"metadata": {"name": "photos"}, "status": {"parents": [{"conditions": said}] if said else []}}


def test_an_accepted_route_gives_the_vault_its_address(
    healthy: Maker, judge: Maker, condition: Maker
) -> None:
    seen = healthy(kinds=KINDS, route=route(("Accepted", "True"), ("ResolvedRefs", "True")))
    status = judge(seen, SPEC)
    assert status["url"] == "https://a.example"
    assert condition(status, "ServiceReady")["reason"] == "Addressed"
    plain = {"gateway": {**SPEC["gateway"], "tls": False}}
    assert judge(seen, plain)["url"] == "http://a.example"


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (route(), "no controller has taken it up yet"),
        (route(("Accepted", "False")), "no listener fits"),
        (route(("Accepted", "True"), ("ResolvedRefs", "False")), "no listener fits"),
    ],
)
def test_a_route_that_leads_nowhere_is_told_and_blocks_nothing(
    healthy: Maker, judge: Maker, condition: Maker, seen: Any, said: str
) -> None:
    status = judge(healthy(kinds=KINDS, route=seen), SPEC)
    assert condition(status, "ServiceReady")["reason"] == "RoutePending"
    assert said in condition(status, "ServiceReady")["message"]
    assert condition(status, "Ready")["status"] == "True"


def test_a_missing_kind_is_named_with_the_field_that_needs_it(
    healthy: Maker, judge: Maker, condition: Maker
) -> None:
    status = judge(healthy(), {**SPEC, "monitoring": {}})
    told = condition(status, "Incomplete")
    assert (told["status"], told["reason"]) == ("True", "KindMissing")
    assert (
        "spec.gateway needs the kind HTTPRoute; spec.monitoring needs the kind PodMonitor" in told["message"]
    )
    assert condition(status, "Ready")["status"] == "True"
    assert status["url"] == "http://photos.tenant.svc"


def test_nothing_is_missing_where_nothing_is_asked_for(
    healthy: Maker, judge: Maker, condition: Maker
) -> None:
    assert condition(judge(healthy()), "Incomplete") == {}
