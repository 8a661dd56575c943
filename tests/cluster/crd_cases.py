"""What cases of specs that the API server refuses or takes look like, and the pieces that they share."""

from dataclasses import dataclass, field
from typing import Any, Final

Spec = dict[str, Any]

SHARED: Final[Spec] = {"accessModes": ["ReadWriteMany"]}


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A MediaVault that must not come to be; `before` is the spec it has until then, if it is a change."""

    sentence: str
    spec: Spec = field(default_factory=dict)
    before: Spec | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A MediaVault, or a change of one, that must go through."""

    spec: Spec
    before: Spec | None = None


def claim(**fields: Any) -> Spec:
    """A spec with a media claim of these fields."""
    return {"storage": {"claim": fields}}


def bucket(**fields: Any) -> Spec:
    """A spec with a bucket of these fields."""
    return {"storage": {"s3": fields}}


def managed(**fields: Any) -> Spec:
    """A spec with a managed database of these fields."""
    return {"database": {"managed": fields}}


def resources(kind: str, request: str, limit: str) -> Spec:
    """Requests and limits of one kind."""
    return {"resources": {"requests": {kind: request}, "limits": {kind: limit}}}


PLACED: Final[Spec] = {
    "labels": {"team": "media"},
    "annotations": {"a.b/c": "d"},
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "media", "value": "only", "effect": "NoSchedule"}, {"operator": "Exists"}],
    "affinity": {
        "nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": 1,
                    "preference": {
                        "matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]
                    },
                }
            ]
        }
    },
    "topologySpread": [
        {"topologyKey": "topology.kubernetes.io/zone", "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"}
    ],
    "priorityClassName": "system-node-critical",
    "runtimeClassName": "gvisor",
    "imagePullSecrets": ["registry"],
}
EXTERNAL: Final[Spec] = {"database": {"external": {"secretName": "url"}}}
SHARED_SERVER: Final[Spec] = {"database": {"shared": {"adminSecretName": "server"}}}
EMBEDDED: Final[Spec] = {"database": {"embedded": {}}}
TO_CLAIM: Final[Spec] = {"backup": {"target": {"claim": {"name": "backups"}}}}
BEGINNING: Final[Spec] = {"bootstrap": {"fromBackup": {"name": "before"}}}
