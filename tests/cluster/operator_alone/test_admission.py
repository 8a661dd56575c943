"""What the admission of pods refuses takes no vault down: the pods of before serve on until it passes."""

from collections.abc import Iterator

import pytest

from launcher.cluster import Cluster
from playing.api import Api, Object
from playing.audit import STATUS, Audit
from playing.kubelet import Kubelet
from playing.types import Vault
from playing.waiting import condition, until, until_ready

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

SECONDS = 15
COMPONENT = "app.kubernetes.io/component"
# Pod Security's restricted level forbids it, and the API server takes it in a template.
UNCONFINED = "container.apparmor.security.beta.kubernetes.io/prepare"


@pytest.fixture
def priority(served: Cluster, api: Api) -> Iterator[str]:
    """The name of a PriorityClass that is not there yet."""
    yield f"{api.namespace}-high"
    served.kubectl("delete", "priorityclass", f"{api.namespace}-high", "--ignore-not-found")


def serving(api: Api, component: str) -> set[str]:
    """The pods of a component that serve, by their uids."""
    return {
        pod["metadata"]["uid"]
        for pod in api.list("Pod")
        if pod["metadata"]["labels"][COMPONENT] == component and pod["status"]["phase"] == "Running"
    }


def is_replaced(api: Api, component: str, before: set[str]) -> bool:
    now = serving(api, component)
    return bool(now) and not before & now


def is_told(api: Api, said: str) -> bool:
    return said in condition(api, "demo", "Degraded").get("message", "")


def restart(api: Api, at: str) -> None:
    api.patch("MediaVault", "demo", {"metadata": {"annotations": {"mediavault.io/restarted-at": at}}})


def limit_range(maximum: str) -> Object:
    limits = [{"type": "Container", "max": {"memory": maximum}}]
    metadata = {"name": "small"}
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": limits}}


def test_what_would_not_be_admitted_leaves_the_pods_serving_and_passes_by_itself(
    served: Cluster, api: Api, kubelet: Kubelet, apply_vault: Vault, priority: str
) -> None:
    apply_vault()
    until_ready(api, "demo")
    web, database = serving(api, "web"), serving(api, "database")

    api.patch("MediaVault", "demo", {"spec": {"pods": {"priorityClassName": priority}}})
    until(lambda: is_told(api, f"no PriorityClass with name {priority} was found"), seconds=SECONDS)
    assert condition(api, "demo", "Degraded")["reason"] == "PriorityClassMissing"
    assert (serving(api, "web"), serving(api, "database")) == (web, database)
    served.kubectl("create", "priorityclass", priority, "--value=1")
    until(lambda: is_replaced(api, "web", web) and is_replaced(api, "database", database), seconds=60)
    until_ready(api, "demo", seconds=60)

    web = serving(api, "web")
    api.create(limit_range("1Mi"))
    restart(api, "now")
    until(lambda: is_told(api, "maximum memory usage per Container is 1Mi"), seconds=SECONDS)
    assert condition(api, "demo", "WorkloadReady")["reason"] == "LimitRangeViolated"
    assert serving(api, "web") == web
    api.delete("LimitRange", "small")
    until(lambda: is_replaced(api, "web", web), seconds=60)
    until_ready(api, "demo")


def test_a_quota_with_room_for_one_pod_lets_it_be_replaced_and_pod_security_does_not(
    api: Api, audit: Audit, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    until(audit.quiet)
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "one"}}
    api.create({**quota, "spec": {"hard": {"pods": "1"}}})
    until(lambda: (api.get("ResourceQuota", "one") or {})["status"].get("used") == {"pods": "1"})
    before, web = audit.calls(), serving(api, "web")
    restart(api, "now")
    until(lambda: is_replaced(api, "web", web))
    until_ready(api, "demo")
    asked = audit.calls()[len(before) :]
    assert [(call.resource, call.code) for call in asked if call.dry_run] == [("pods", 403)]
    assert {call.resource for call in asked if not call.dry_run} <= {"deployments.apps", STATUS}

    web = serving(api, "web")
    api.patch("MediaVault", "demo", {"spec": {"pods": {"annotations": {UNCONFINED: "unconfined"}}}})
    until(lambda: is_told(api, "violates PodSecurity"), seconds=SECONDS)
    assert condition(api, "demo", "Degraded")["reason"] == "PodSecurityViolated"
    api.patch("MediaVault", "demo", {"spec": {"pods": {"annotations": None}}})
    until_ready(api, "demo")
    assert serving(api, "web") == web
