"""The HTTPRoute, and what it changes in the pods."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.children import desired_children, pod
from mediavault_operator.children.route import build_route
from mediavault_operator.observed import Observed

Maker = Callable[..., Any]

GATEWAY: dict[str, Any] = {"parentRefs": [{"name": "edge"}], "hostnames": ["a.example", "b.example"]}


def built(make_vault: Maker, **gateway: Any) -> dict[str, Any]:
    vault = make_vault({"gateway": {**GATEWAY, **gateway}, "service": {"port": 8080}})
    return build_route(vault, vault.gateway)


def test_everything_under_the_names_goes_to_the_service_without_an_end(make_vault: Maker) -> None:
    spec = built(make_vault)["spec"]
    (rule,) = spec["rules"]
    (backend,) = rule["backendRefs"]
    assert spec["hostnames"] == ["a.example", "b.example"]
    assert (backend["name"], backend["port"]) == (names.service("photos"), 8080)
    assert rule["timeouts"] == {"request": "0s"}


def test_a_gateway_is_named_as_exactly_as_the_spec_does(make_vault: Maker) -> None:
    parent = {"name": "edge", "namespace": "infra", "sectionName": "https", "port": 443}
    (told,) = built(make_vault, parentRefs=[parent])["spec"]["parentRefs"]
    assert parent.items() <= told.items()
    assert "namespace" not in built(make_vault)["spec"]["parentRefs"][0]


def test_annotations_are_passed_on_beside_ours(make_vault: Maker) -> None:
    annotations = built(make_vault, annotations={"a.b/c": "d"})["metadata"]["annotations"]
    assert annotations == {"a.b/c": "d", names.VAULT_UID_ANNOTATION: "vault-uid"}


def test_the_app_trusts_the_pages_of_every_name_that_is_reached_by_tls(make_vault: Maker) -> None:
    def told(**gateway: Any) -> dict[str, str]:
        vault = make_vault({"gateway": {**GATEWAY, **gateway}, "ingress": {"host": "c.example", "tls": {}}})
        return {each["name"]: each["value"] for each in pod.app_environment(vault)}

    every = "https://c.example,https://a.example,https://b.example"
    assert told()["CSRF_TRUSTED_ORIGINS"] == every
    assert told(tls=False)["CSRF_TRUSTED_ORIGINS"] == "https://c.example"


def test_children_of_kinds_that_the_cluster_lacks_are_not_planned(
    make_vault: Maker, credentials: Any
) -> None:
    vault = make_vault({"gateway": GATEWAY, "monitoring": {}})

    def planned(*kinds: str) -> set[str]:
        plan = desired_children(vault, credentials=credentials, observed=Observed(kinds=frozenset(kinds)))
        return {manifest["kind"] for manifest in plan.manifests}

    assert planned("HTTPRoute", "PodMonitor") - planned() == {"HTTPRoute", "PodMonitor"}


def test_what_is_not_asked_for_any_more_is_stale(make_vault: Maker, credentials: Any) -> None:
    seen = Observed(route={"metadata": {}}, pod_monitor={"metadata": {}}, ingress={"metadata": {}})
    plan = desired_children(make_vault(), credentials=credentials, observed=seen)
    assert set(plan.stale) == {("Ingress", "photos"), ("HTTPRoute", "photos"), ("PodMonitor", "photos")}
