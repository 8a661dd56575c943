"""The Ingress: the vault by a name, with room for large uploads in the common controllers."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.children.service import PORT_NAME
from mediavault_operator.spec import Ingress, MediaVault

# The vault bounds, streams and times out by itself. A proxy before it that buffers a film, or ends an upload
# after its usual minute, only breaks it. Which controller takes an Ingress up cannot be told from its class's
# name, and none minds the words of another. Traefik passes everything on as it comes and has no such words:
# its readTimeout is the entry point's own setting.
_STREAMING: Final = {
    "nginx.ingress.kubernetes.io/proxy-body-size": "0",
    "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
    "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
    "nginx.org/client-max-body-size": "0",
    "nginx.org/proxy-buffering": "False",
    "nginx.org/proxy-read-timeout": "3600s",
    "nginx.org/proxy-send-timeout": "3600s",
    "haproxy.org/timeout-server": "3600s",
    "haproxy-ingress.github.io/timeout-server": "3600s",
    "haproxy-ingress.github.io/timeout-client": "3600s",
    "haproxy.router.openshift.io/timeout": "3600s",
    "projectcontour.io/response-timeout": "infinity",
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
