"""The HTTPRoute: the names by which a Gateway leads to the vault, without an end to long requests."""

from typing import Any

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.spec import Gateway, MediaVault
from mediavault_operator.spec.reach import Parent


def build_route(vault: MediaVault, gateway: Gateway) -> Manifest:
    """Everything under the hosts goes to the vault's Service. What the API server would fill in is written,
    as it compares such lists whole.
    """
    name = names.route(vault.name)
    result = manifest(
        vault, api="gateway.networking.k8s.io/v1", kind="HTTPRoute", name=name, component=names.WEB
    )
    result["metadata"]["annotations"].update(dict(gateway.annotations))
    backend = {
        "group": "",
        "kind": "Service",
        "name": names.service(vault.name),
        "port": vault.service.port,
        "weight": 1,
    }
    result["spec"] = {
        "parentRefs": [_parent(parent) for parent in gateway.parents],
        "hostnames": list(gateway.hosts),
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [backend],
                # The vault bounds slow requests by itself; an upload may take an hour.
                "timeouts": {"request": "0s"},
            }
        ],
    }
    return result


def _parent(parent: Parent) -> dict[str, Any]:
    written = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": parent.name,
        "namespace": parent.namespace,
        "sectionName": parent.section,
        "port": parent.port,
    }
    return {key: value for key, value in written.items() if value is not None}
