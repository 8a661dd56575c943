"""The Services: one that people reach the vault by, one that its own pods reach the database by."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.children.secret import DATABASE_PORT
from mediavault_operator.spec import MediaVault, Service

PORT_NAME: Final = "http"


def build_service(vault: MediaVault) -> Manifest:
    """The vault's Service, of the type and on the port that the spec asks for."""
    port: dict[str, Any] = {
        "name": PORT_NAME,
        "port": vault.service.port,
        "targetPort": PORT_NAME,
        "protocol": "TCP",
    }
    if vault.service.node_port is not None:
        port["nodePort"] = vault.service.node_port
    result = manifest(vault, api="v1", kind="Service", name=names.service(vault.name), component=names.WEB)
    result["metadata"]["annotations"].update(dict(vault.service.annotations))
    result["spec"] = {
        "type": vault.service.type.value,
        "selector": names.selector(vault.name, names.WEB),
        "ports": [port],
        **_beyond(vault.service),
    }
    return result


def _beyond(service: Service) -> dict[str, Any]:
    """What concerns traffic from outside of the cluster, as far as it is written."""
    written = {
        "loadBalancerClass": service.balancer_class,
        "loadBalancerSourceRanges": list(service.source_ranges),
        "externalTrafficPolicy": service.traffic_policy.value,
    }
    return {key: value for key, value in written.items() if value}


def build_database_service(vault: MediaVault) -> Manifest:
    """The managed database's Service: headless, so its name is the database pod's address from its start."""
    name = names.database(vault.name)
    return {
        **manifest(vault, api="v1", kind="Service", name=name, component=names.DATABASE),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            # A name that is not there yet would be remembered as absent for seconds after it came.
            "publishNotReadyAddresses": True,
            "selector": names.selector(vault.name, names.DATABASE),
            "ports": [
                {
                    "name": "postgres",
                    "port": DATABASE_PORT,
                    "targetPort": "postgres",
                    "protocol": "TCP",
                }
            ],
        },
    }
