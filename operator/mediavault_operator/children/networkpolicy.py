"""Who may talk to whom: everyone to the web pods, they to their database, and the database to nobody."""

from typing import Any

from mediavault_operator import names
from mediavault_operator.children.bucket import way_to_bucket
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.children.pod import METRICS_PORT, WEB_PORT
from mediavault_operator.children.secret import DATABASE_PORT
from mediavault_operator.spec import Bucket, ExternalDatabase, ManagedDatabase, MediaVault, SharedDatabase


def build_network_policy(vault: MediaVault) -> Manifest:
    """The policy of the web and migration pods; the latter listen on nothing."""
    return {
        **_policy(vault, names.network_policy(vault.name), names.WEB),
        "spec": {
            "podSelector": _pods(vault, names.MIGRATE, names.WEB),
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {"ports": [_port("TCP", WEB_PORT)]},
                # Whoever measures runs in the cluster, in a namespace that nobody can know here.
                {
                    "from": [{"namespaceSelector": {}, "podSelector": {}}],
                    "ports": [_port("TCP", METRICS_PORT)],
                },
            ],
            "egress": _egress(vault),
        },
    }


def build_database_network_policy(vault: MediaVault) -> Manifest:
    """The policy of the managed database: in from the vault's own pods, out to nobody."""
    return {
        **_policy(vault, names.database(vault.name), names.DATABASE),
        "spec": {
            "podSelector": {"matchLabels": names.selector(vault.name, names.DATABASE)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {
                    "from": [
                        {"podSelector": _pods(vault, names.BACKUP, names.MIGRATE, names.RESTORE, names.WEB)}
                    ],
                    "ports": [_port("TCP", DATABASE_PORT)],
                }
            ],
            # Written, so that a way out which somebody adds is taken away again.
            "egress": [],
        },
    }


def build_backup_network_policy(vault: MediaVault) -> Manifest:
    """The policy of pods that back up and restore: the target is a name, which no rule can follow."""
    return {
        **_policy(vault, names.backup_network_policy(vault.name), names.BACKUP),
        "spec": {
            "podSelector": _pods(vault, names.BACKUP, names.RESTORE),
            "policyTypes": ["Ingress", "Egress"],
            # Written, so that a way in which somebody adds is taken away again.
            "ingress": [],
            "egress": [{}],
        },
    }


def _policy(vault: MediaVault, name: str, component: str) -> Manifest:
    return manifest(vault, api="networking.k8s.io/v1", kind="NetworkPolicy", name=name, component=component)


def _egress(vault: MediaVault) -> list[dict[str, Any]]:
    # Where such a database lives stands in a Secret and may be a name: no rule could follow it.
    if isinstance(vault.database, ExternalDatabase | SharedDatabase):
        return [{}]
    rules: list[dict[str, Any]] = [{"ports": [_port("UDP", 53), _port("TCP", 53)]}]
    if isinstance(vault.database, ManagedDatabase):
        database = {"matchLabels": names.selector(vault.name, names.DATABASE)}
        rules.append({"to": [{"podSelector": database}], "ports": [_port("TCP", DATABASE_PORT)]})
    if isinstance(vault.storage, Bucket):
        rules.append(way_to_bucket(vault.storage))
    return rules


def _pods(vault: MediaVault, *components: str) -> dict[str, Any]:
    among = {"key": names.COMPONENT_LABEL, "operator": "In", "values": list(components)}
    return {"matchLabels": {names.VAULT_LABEL: vault.name}, "matchExpressions": [among]}


def _port(protocol: str, port: int) -> dict[str, Any]:
    return {"protocol": protocol, "port": port}
