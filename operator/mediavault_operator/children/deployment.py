"""The web pods."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.children.front import (
    front_container,
    front_volumes,
    outlast_front,
    socket_mount,
    socket_variable,
)
from mediavault_operator.children.job import prepare_container
from mediavault_operator.children.manifest import Manifest, manifest, with_template
from mediavault_operator.children.worker import worker_container
from mediavault_operator.spec import EmbeddedDatabase, MediaVault, Spread

# Time for a running upload or download to end after the pod has left the Service.
# First the front's, then the app's, and some to spare.
GRACE_SECONDS: Final = 75
# kubectl's logs and exec mean the app where nobody says which container.
_DEFAULT_CONTAINER: Final = "kubectl.kubernetes.io/default-container"
_METRICS: Final = ("METRICS_PORT", str(pod.METRICS_PORT))
# What Prometheus is commonly told to look for where it has no operator.
_SCRAPED: Final = {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": str(pod.METRICS_PORT),
    "prometheus.io/path": "/metrics",
}
# Over zones first, and over the nodes of each: a wish, as a cluster of one node is one too.
_EVENLY: Final = (
    Spread(topology_key="topology.kubernetes.io/zone"),
    Spread(topology_key="kubernetes.io/hostname"),
)


def build_deployment(
    vault: MediaVault, *, image: str, secrets: str, shared: bool, migration: str = ""
) -> Manifest:
    """The web pods of one image; `secrets` is a fingerprint whose change rolls them.

    `migration` is the hash of the Job template with which they prepare an embedded database themselves.
    `shared` says that the media claim can be mounted on several nodes, so that old and new pods may overlap.
    """
    name = names.deployment(vault.name)
    selector = names.selector(vault.name, names.WEB)
    replicas = vault.replicas if shared else min(vault.replicas, 1)
    spec: dict[str, Any] = {
        "replicas": 0 if vault.suspend else replicas,
        "revisionHistoryLimit": 3,
        "strategy": _strategy(shared),
        "selector": {"matchLabels": selector},
        "template": {
            "metadata": _metadata(vault, secrets),
            "spec": _pod(vault, image, shared),
        },
    }
    plain = manifest(vault, api="apps/v1", kind="Deployment", name=name, component=names.WEB)
    if migration:
        plain["metadata"]["annotations"][names.MIGRATION_ANNOTATION] = migration
    return with_template(plain, spec)


def _metadata(vault: MediaVault, secrets: str) -> dict[str, Any]:
    marks = {names.SECRETS_ANNOTATION: secrets, **_restarted(vault)}
    result = pod.metadata(vault, names.WEB, marks)
    # What tells tools of ours where to look, the spec may tell otherwise.
    told = {_DEFAULT_CONTAINER: names.WEB_CONTAINER, **_SCRAPED}
    return {**result, "annotations": {**told, **result["annotations"]}}


def _restarted(vault: MediaVault) -> dict[str, str]:
    return {names.RESTARTED_AT_ANNOTATION: vault.restarted_at} if vault.restarted_at else {}


def _strategy(shared: bool) -> dict[str, Any]:
    if shared:
        return {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    # Recreate forbids what the other type brings along: it is told to be absent.
    return {"type": "Recreate", "rollingUpdate": None}


def _pod(vault: MediaVault, image: str, shared: bool) -> dict[str, Any]:
    secrets = pod.app_secret_volumes(vault)
    spec: dict[str, Any] = {
        **pod.pod_spec(vault, user=pod.APP_ID, grace_seconds=GRACE_SECONDS),
        **pod.spread(vault, otherwise=_EVENLY if shared else ()),
        "containers": _containers(vault, image, secrets),
        "volumes": [
            *secrets,
            pod.media_volume(vault),
            pod.scratch_volume("tmp", "1Gi"),
            *front_volumes(),
        ],
    }
    if isinstance(vault.database, EmbeddedDatabase):
        accounts = pod.account_secret_volumes(vault)
        spec["initContainers"] = [prepare_container(vault, [*secrets, *accounts])]
        spec["volumes"] += accounts
    return spec


def _containers(vault: MediaVault, image: str, secrets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tmp = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - a volume of the pod's own
    mounts = [*pod.secret_mounts(secrets), pod.media_mount(), tmp]
    return [
        _web(vault, image, mounts),
        front_container(vault, image=image),
        worker_container(vault, image=image, mounts=mounts),
    ]


def _web(vault: MediaVault, image: str, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **pod.container(vault, name=names.WEB_CONTAINER, image=image, resources=vault.resources),
        "env": [*pod.app_environment(vault), *pod.variables(socket_variable(), _METRICS)],
        "ports": [{"name": "metrics", "containerPort": pod.METRICS_PORT, "protocol": "TCP"}],
        "volumeMounts": [*mounts, socket_mount()],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "lifecycle": {"preStop": outlast_front()},
        "startupProbe": _probe("/livez", period=1, failures=120),
        "readinessProbe": _probe("/readyz", period=5, failures=3),
        "livenessProbe": _probe("/livez", period=10, failures=6),
    }


def _probe(path: str, *, period: int, failures: int) -> dict[str, Any]:
    return {
        # Through the front, as everybody's requests go: the app itself listens on a socket only.
        "httpGet": {"path": path, "port": pod.WEB_PORT},
        "periodSeconds": period,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }
