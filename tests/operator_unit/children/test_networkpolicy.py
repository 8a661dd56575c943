"""Who may talk to whom, by evaluating the policies on a model of their meaning."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children.networkpolicy import build_database_network_policy, build_network_policy

Maker = Callable[..., Any]
WEB, MIGRATE, DATABASE = (names.labels("photos", part) for part in (names.WEB, names.MIGRATE, names.DATABASE))
STRANGER = {"app": "stranger"}
OTHER_WEB, OTHER_DATABASE = names.labels("films", names.WEB), names.labels("films", names.DATABASE)


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    expressions = selector.get("matchExpressions", [])
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        expression["operator"] == "In" and labels.get(expression["key"]) in expression["values"]
        for expression in expressions
    )


def rules_allow(rules: list[dict[str, Any]], peers: str, labels: dict[str, str], port: int) -> bool:
    return any(
        (peers not in rule or any(selects(peer["podSelector"], labels) for peer in rule[peers]))
        and ("ports" not in rule or any(entry["port"] == port for entry in rule["ports"]))
        for rule in rules
    )


@pytest.fixture(name="flows")
def flow_judge(make_vault: Maker) -> Callable[..., bool]:
    """Tells whether the policies of a vault let one pod reach another's port."""

    def allowed(
        source: dict[str, str], target: dict[str, str], port: int, spec: dict[str, Any] | None = None
    ) -> bool:
        vault = make_vault(spec)
        policies = [build_network_policy(vault)["spec"], build_database_network_policy(vault)["spec"]]
        leaving = [policy for policy in policies if selects(policy["podSelector"], source)]
        entering = [policy for policy in policies if selects(policy["podSelector"], target)]
        out = not leaving or any(rules_allow(p.get("egress", []), "to", target, port) for p in leaving)
        into = not entering or any(rules_allow(p.get("ingress", []), "from", source, port) for p in entering)
        return out and into

    return allowed


@pytest.mark.parametrize(
    ("source", "target", "port", "expected"),
    [
        pytest.param(STRANGER, WEB, 8000, True, id="anyone reaches the web pods"),
        pytest.param(STRANGER, WEB, 22, False, id="on their port only"),
        pytest.param(STRANGER, WEB, 9100, True, id="and within the cluster on that of the figures"),
        pytest.param(WEB, DATABASE, 5432, True, id="web pods reach their database"),
        pytest.param(MIGRATE, DATABASE, 5432, True, id="so does the migration"),
        pytest.param(STRANGER, DATABASE, 5432, False, id="nobody else does"),
        pytest.param(OTHER_WEB, DATABASE, 5432, False, id="no other vault does"),
        pytest.param(WEB, OTHER_DATABASE, 5432, False, id="nor does this vault reach another's"),
        pytest.param(WEB, STRANGER, 53, True, id="names are resolved"),
        pytest.param(WEB, STRANGER, 443, False, id="nothing else is reached"),
        pytest.param(DATABASE, STRANGER, 53, False, id="the database reaches nobody"),
        pytest.param(DATABASE, WEB, 8000, False, id="not even its own web pods"),
    ],
)
def test_a_flow_of_a_managed_vault(
    flows: Callable[..., bool], source: dict[str, str], target: dict[str, str], port: int, expected: bool
) -> None:
    assert flows(source, target, port) is expected


def test_an_external_database_is_reached_wherever_it_is(flows: Callable[..., bool]) -> None:
    assert flows(WEB, STRANGER, 6543, {"database": {"external": {"secretName": "url"}}})


def test_an_embedded_vault_reaches_nobody(flows: Callable[..., bool]) -> None:
    assert not flows(WEB, STRANGER, 5432, {"database": {"embedded": {}}})
