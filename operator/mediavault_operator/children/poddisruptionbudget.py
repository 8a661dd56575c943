"""The budget that keeps a drain from taking every replica at once; one replica cannot have one."""

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.spec import MediaVault


def build_pod_disruption_budget(vault: MediaVault) -> Manifest:
    """The budget of the web pods: one may be away, and a broken one never blocks a drain."""
    name = names.pod_disruption_budget(vault.name)
    return {
        **manifest(vault, api="policy/v1", kind="PodDisruptionBudget", name=name, component=names.WEB),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": names.selector(vault.name, names.WEB)},
        },
    }
