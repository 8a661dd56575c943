"""The PodMonitor: where Prometheus Operator finds the figures of the web pods."""

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.spec import MediaVault, Monitoring


def build_pod_monitor(vault: MediaVault, monitoring: Monitoring) -> Manifest:
    """Every web pod by its port `metrics`; each figure gets the vault's name as a label."""
    name = names.pod_monitor(vault.name)
    api = "monitoring.coreos.com/v1"
    result = manifest(vault, api=api, kind="PodMonitor", name=name, component=names.WEB)
    result["metadata"]["labels"] = {**dict(monitoring.labels), **result["metadata"]["labels"]}
    result["spec"] = {
        "selector": {"matchLabels": names.selector(vault.name, names.WEB)},
        "podTargetLabels": [names.VAULT_LABEL],
        "podMetricsEndpoints": [{"port": "metrics", "path": "/metrics", "interval": monitoring.interval}],
    }
    return result
