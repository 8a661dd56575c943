"""GitOps tools read a vault's health right: nothing stale is healthy, and nothing in trouble is at rest."""

from collections.abc import Callable

import pytest

from launcher.fixtures import lacking
from launcher.progress import LackError
from playing.api import Api
from playing.gitops import argocd_health, flux_status
from playing.kubelet import Kubelet
from playing.types import Start, Vault
from playing.waiting import condition, until, until_ready

pytestmark = pytest.mark.controlplane

Tools = Callable[[], tuple[str, str]]


@pytest.fixture
def tools(api: Api) -> Tools:
    """What Argo CD and Flux say of the vault as it is now."""

    def say() -> tuple[str, str]:
        vault = api.get("MediaVault", "demo") or {}
        try:
            return argocd_health(vault)[0], flux_status(vault)
        except LackError as error:
            lacking(error)

    return say


def test_from_nothing_to_ready_and_never_stale(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault, tools: Tools
) -> None:
    kubelet.runs = lambda: False
    apply_vault(database={"embedded": {}})
    assert tools() == ("Progressing", "InProgress")
    with start():
        until(lambda: condition(api, "demo", "WorkloadReady").get("reason") == "RollingOut")
        assert tools() == ("Progressing", "InProgress")
        kubelet.runs = lambda: True
        until_ready(api, "demo")
        assert tools() == ("Healthy", "Current")
    api.patch("MediaVault", "demo", {"spec": {"service": {"port": 8080}}})
    assert tools() == ("Progressing", "InProgress")


def test_a_suspended_vault_is_at_rest(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault, tools: Tools
) -> None:
    with start():
        apply_vault(database={"embedded": {}}, suspend=True)
        until_ready(api, "demo")
        assert tools() == ("Suspended", "Current")


def test_what_cannot_go_on_has_failed(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault, tools: Tools
) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    api.create(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "old"}, "spec": claim}
    )
    with start():
        apply_vault(replicas=2, storage={"claim": {"existingClaim": "old"}})
        until(lambda: condition(api, "demo", "Stalled"))
        assert tools() == ("Degraded", "Failed")
        assert "InvalidSpec: spec.replicas" in argocd_health(api.get("MediaVault", "demo") or {})[1]


def test_trouble_that_may_pass_is_degraded_and_in_progress(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault, tools: Tools
) -> None:
    with start():
        apply_vault(database={"external": {"secretName": "missing"}})
        until(lambda: condition(api, "demo", "Degraded").get("status") == "True")
        assert tools() == ("Degraded", "InProgress")
