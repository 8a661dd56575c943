"""Every kind of object the operator touches, and every right it uses on it.

The client refuses a call that is not declared here, and the chart's roles are compared with it: what the
operator may do is written down once.
"""

from dataclasses import dataclass

READ = ("list", "watch")
KEEP = (*READ, "get", "create", "patch")


@dataclass(frozen=True)
class Resource:
    """A kind as the API serves it. `verbs` are the rights used on it, `status_verbs` those on its status."""

    kind: str
    group: str
    version: str
    plural: str
    verbs: tuple[str, ...]
    status_verbs: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """As in an object's `apiVersion`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None, name: str | None = None, subresource: str | None = None) -> str:
        """The URL path of the collection (without `namespace`: of all namespaces), or of one object in it."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        parts = [root]
        if namespace is not None:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        parts += [part for part in (name, subresource) if part is not None]
        return "/".join(parts)


VAULT = Resource(
    "MediaVault", "mediavault.io", "v1", "mediavaults", ("get", *READ, "patch"), status_verbs=("patch",)
)
CLASS = Resource("MediaVaultClass", "mediavault.io", "v1", "mediavaultclasses", READ, status_verbs=("patch",))
BACKUP = Resource(
    "MediaVaultBackup",
    "mediavault.io",
    "v1",
    "mediavaultbackups",
    ("create", "delete", *READ),
    status_verbs=("patch",),
)
EVENT = Resource("Event", "events.k8s.io", "v1", "events", ("create", *READ))

LEASE = Resource("Lease", "coordination.k8s.io", "v1", "leases", ("get", "create", "patch"))

SECRET = Resource("Secret", "", "v1", "secrets", KEEP)
CLAIM = Resource("PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", KEEP)
STATEFUL_SET = Resource("StatefulSet", "apps", "v1", "statefulsets", KEEP)
SERVICE_ACCOUNT = Resource("ServiceAccount", "", "v1", "serviceaccounts", KEEP)
SERVICE = Resource("Service", "", "v1", "services", KEEP)
DEPLOYMENT = Resource("Deployment", "apps", "v1", "deployments", KEEP)
JOB = Resource("Job", "batch", "v1", "jobs", (*KEEP, "delete"))
NETWORK_POLICY = Resource("NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies", KEEP)
DISRUPTION_BUDGET = Resource("PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", (*KEEP, "delete"))
INGRESS = Resource("Ingress", "networking.k8s.io", "v1", "ingresses", (*KEEP, "delete"))
ROUTE = Resource("HTTPRoute", "gateway.networking.k8s.io", "v1", "httproutes", (*KEEP, "delete"))
POD_MONITOR = Resource("PodMonitor", "monitoring.coreos.com", "v1", "podmonitors", (*KEEP, "delete"))
POD = Resource("Pod", "", "v1", "pods", ("create", *READ))
"""Pods are created by dry runs only, which ask whether one would be admitted."""
POD_LOG = Resource("Pod", "", "v1", "pods/log", ("get",))

WATCHED = (
    SECRET,
    CLAIM,
    STATEFUL_SET,
    SERVICE_ACCOUNT,
    SERVICE,
    DEPLOYMENT,
    JOB,
    NETWORK_POLICY,
    DISRUPTION_BUDGET,
    INGRESS,
    POD,
)
"""Vaults' objects, of which a cache is kept. What holds data or generated secrets cannot be deleted by us."""

OPTIONAL = (ROUTE, POD_MONITOR)
"""Vaults' objects of kinds that a cluster may lack, watched where it has them."""

ALL = (VAULT, BACKUP, EVENT, POD_LOG, *WATCHED, *OPTIONAL)
"""What is needed wherever vaults are served. A Lease is needed in the operator's own namespace alone, and
classes have none: a right on them is one on the cluster.
"""

_BY_KIND = {resource.kind: resource for resource in (*ALL, CLASS)}


def of_kind(kind: str) -> Resource:
    """The resource whose objects have this `kind`."""
    return _BY_KIND[kind]
