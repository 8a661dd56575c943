"""Objects that every node has from the start: names resolve, claims are provisioned."""

from launcher.addresses import NodeAddresses
from launcher.node_programs import CLUSTER_DOMAIN

Manifest = dict[str, object]

COREDNS_IMAGE = "localhost/coredns:1"
PROVISIONER = "mediavault.io/local"
DEFAULT_CLASS = "standard"
IMMEDIATE_CLASS = "immediate"

_DNS = "coredns"
_NAMESPACE = "kube-system"
_DNS_LABELS = {"k8s-app": "kube-dns"}
_COREFILE = f"""\
.:53 {{
    errors
    health
    ready
    kubernetes {CLUSTER_DOMAIN} in-addr.arpa {{
        pods verified
        ttl 5
    }}
    cache 5
}}
"""


def addons(addresses: NodeAddresses) -> Manifest:
    """All of them as one list."""
    items = [*_storage_classes(), *_dns_access(), *_dns(addresses)]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def _storage_classes() -> list[Manifest]:
    """The default binds a claim when its first pod is scheduled, as most clusters do; the other at once."""

    def storage_class(name: str, mode: str, *, default: bool) -> Manifest:
        annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
        return {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name, "annotations": annotations},
            "provisioner": PROVISIONER,
            "volumeBindingMode": mode,
            "reclaimPolicy": "Delete",
            "allowVolumeExpansion": True,
        }

    return [
        storage_class(DEFAULT_CLASS, "WaitForFirstConsumer", default=True),
        storage_class(IMMEDIATE_CLASS, "Immediate", default=False),
    ]


def _dns_access() -> list[Manifest]:
    """CoreDNS reads Services, endpoints, pods and namespaces; kube-proxy's role comes with the API server."""
    account = {"kind": "ServiceAccount", "name": _DNS, "namespace": _NAMESPACE}
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    rbac = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _named()},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": f"system:{_DNS}"},
            "rules": rules,
        },
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": f"system:{_DNS}"},
            "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": f"system:{_DNS}"},
            "subjects": [account],
        },
    ]


def _dns(addresses: NodeAddresses) -> list[Manifest]:
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP"},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
    ]
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named(), "data": {"Corefile": _COREFILE}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "kube-dns", "namespace": _NAMESPACE, "labels": _DNS_LABELS},
            "spec": {"clusterIP": addresses.dns, "selector": _DNS_LABELS, "ports": ports},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {**_named(), "labels": _DNS_LABELS},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": _DNS_LABELS},
                "template": {"metadata": {"labels": _DNS_LABELS}, "spec": _dns_pod()},
            },
        },
    ]


def _dns_pod() -> Manifest:
    return {
        "serviceAccountName": _DNS,
        "priorityClassName": "system-cluster-critical",
        "dnsPolicy": "Default",
        "volumes": [{"name": "configuration", "configMap": {"name": _DNS}}],
        "containers": [
            {
                "name": _DNS,
                "image": COREDNS_IMAGE,
                "imagePullPolicy": "Never",
                "args": ["-conf", "/etc/coredns/Corefile"],
                "volumeMounts": [{"name": "configuration", "mountPath": "/etc/coredns", "readOnly": True}],
                "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
                "securityContext": {
                    "runAsUser": 65535,
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }


def _named() -> dict[str, object]:
    return {"name": _DNS, "namespace": _NAMESPACE}
