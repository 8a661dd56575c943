"""The Ingress: the vault by a name, with room for large uploads in the common controllers."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.children.service import PORT_NAME
from mediavault_operator.spec import Ingress, MediaVault

# The vault bounds, streams and times out by itself. A proxy before it that buffers a film, or ends an upload
# after its usual minute, only breaks it. Other controllers (Traefik, HAProxy, Contour) pass bodies on as they
# come.
_STREAMING: Final = {
    "nginx.ingress.kubernetes.io/proxy-body-size": "0",
    "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
    "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
}


def build_ingress(vault: MediaVault, ingress: Ingress) -> Manifest:
    """Everything under the host goes to the vault's Service; the spec's annotations win over ours."""
    name = names.ingress(vault.name)
    result = manifest(vault, api="networking.k8s.io/v1", kind="Ingress", name=name, component=names.WEB)
    result["metadata"]["annotations"].update({**_STREAMING, **dict(ingress.annotations)})
    backend = {"service": {"name": names.service(vault.name), "port": {"name": PORT_NAME}}}
    spec: dict[str, Any] = {
        "rules": [
            {
                "host": ingress.host,
                "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
            }
        ]
    }
    if ingress.class_name is not None:
        spec["ingressClassName"] = ingress.class_name
    if ingress.tls_secret is not None:
        spec["tls"] = [{"hosts": [ingress.host], "secretName": ingress.tls_secret}]
    return {**result, "spec": spec}
