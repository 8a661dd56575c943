"""A MediaVault with every question answered: what the resource says over what the operator defaults.

Builders and the status read nothing else of the resource. Quantities stay as they were written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from mediavault_operator.spec.backup import BackupPlan, Bootstrap
from mediavault_operator.spec.reach import Gateway, Ingress, Service

Quantities: TypeAlias = tuple[tuple[str, str], ...]


class DeletionPolicy(StrEnum):
    """What becomes of claims and generated Secrets when the MediaVault is deleted."""

    RETAIN = "Retain"
    DELETE = "Delete"
    BACKUP = "Backup"


class AccessMode(StrEnum):
    """How many nodes or pods may mount a claim."""

    READ_WRITE_ONCE = "ReadWriteOnce"
    READ_WRITE_ONCE_POD = "ReadWriteOncePod"
    READ_WRITE_MANY = "ReadWriteMany"


class PullPolicy(StrEnum):
    """When a node pulls an image; `UNSET` leaves it to Kubernetes."""

    UNSET = ""
    ALWAYS = "Always"
    IF_NOT_PRESENT = "IfNotPresent"
    NEVER = "Never"


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of one container, each as sorted (resource, quantity) pairs."""

    requests: Quantities = ()
    limits: Quantities = ()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim that the operator makes; `written` names the fields that the MediaVault itself decides."""

    size: str
    storage_class: str | None = None
    access_modes: tuple[AccessMode, ...] = (AccessMode.READ_WRITE_ONCE,)
    volume_name: str | None = None
    written: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ExistingClaim:
    """A claim that someone else made and the vault only mounts."""

    name: str


class Unsatisfiable(StrEnum):
    """What becomes of a pod that would stand unevenly."""

    SCHEDULE_ANYWAY = "ScheduleAnyway"
    DO_NOT_SCHEDULE = "DoNotSchedule"


class Addressing(StrEnum):
    """Where an S3 server wants a bucket's name: in the path or the host; `AUTO` leaves it to the client."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A place in a bucket of an S3 server: of Amazon's without an endpoint, by the pod's rights without a
    Secret.
    """

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None
    addressing: Addressing = Addressing.AUTO
    presigned_redirects: bool = False
    secret_name: str | None = None


Storage: TypeAlias = Claim | ExistingClaim | Bucket


@dataclass(frozen=True, kw_only=True)
class ManagedDatabase:
    """PostgreSQL in a StatefulSet of the vault's own."""

    image: str
    claim: Claim
    resources: Resources


@dataclass(frozen=True, kw_only=True)
class ExternalDatabase:
    """A database elsewhere, named by a URL in a Secret of the same namespace."""

    secret_name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class SharedDatabase:
    """A database of the vault's own on a server that many share, made by the admin of a Secret.

    What a class names stands in the operator's own namespace, and never comes into the vault's.
    """

    admin_secret: str
    admin_namespace: str
    from_class: bool = False


@dataclass(frozen=True, kw_only=True)
class EmbeddedDatabase:
    """SQLite in a file beside the media."""


Database: TypeAlias = ManagedDatabase | SharedDatabase | ExternalDatabase | EmbeddedDatabase


def database_kind(database: Database) -> str:
    """The word that chooses a database in the spec."""
    if isinstance(database, ManagedDatabase):
        return "managed"
    if isinstance(database, SharedDatabase):
        return "shared"
    return "external" if isinstance(database, ExternalDatabase) else "embedded"


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """How Prometheus Operator is told of the vault."""

    interval: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Admin:
    """The first account, kept at what its Secret says."""

    username: str = "admin"
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class User:
    """A further account, kept at what its Secret says; `secret` is that Secret's name."""

    username: str
    email: str = ""
    admin: bool = False
    secret: str


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How evenly web pods shall stand in the domains of one kind, such as zones."""

    topology_key: str
    max_skew: int = 1
    when_unsatisfiable: Unsatisfiable = Unsatisfiable.SCHEDULE_ANYWAY


@dataclass(frozen=True, kw_only=True)
class Pods:
    """What every pod of a vault is marked with, and where it may run.

    `affinity` and `tolerations` are as Kubernetes spells them; `spread` is None where the operator decides.
    """

    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    node_selector: tuple[tuple[str, str], ...] = ()
    tolerations: tuple[Mapping[str, Any], ...] = ()
    affinity: Mapping[str, Any] | None = None
    spread: tuple[Spread, ...] | None = None
    priority_class: str | None = None
    runtime_class: str | None = None
    pull_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the operator decides where a MediaVault does not; `namespace` is the operator's own."""

    image: str
    database_image: str
    image_pull_policy: PullPolicy = PullPolicy.UNSET
    namespace: str = ""


@dataclass(frozen=True, kw_only=True)
class MediaVault:
    """One vault as it shall be."""

    name: str
    namespace: str
    uid: str
    generation: int
    class_name: str | None = None
    image: str
    image_pull_policy: PullPolicy = PullPolicy.UNSET
    replicas: int = 1
    suspend: bool = False
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    storage: Storage
    database: Database
    service: Service = field(default_factory=Service)
    ingress: Ingress | None = None
    gateway: Gateway | None = None
    monitoring: Monitoring | None = None
    resources: Resources = field(default_factory=Resources)
    pods: Pods = field(default_factory=Pods)
    admin: Admin = field(default_factory=Admin)
    users: tuple[User, ...] = ()
    backup: BackupPlan | None = None
    bootstrap: Bootstrap | None = None
    restarted_at: str = ""
    rotated_at: str = ""

    @property
    def media_claim(self) -> str | None:
        """The name of the claim someone else made, None where the operator makes one."""
        return self.storage.name if isinstance(self.storage, ExistingClaim) else None

    @property
    def optional_kinds(self) -> tuple[tuple[str, str], ...]:
        """The kinds asked for that a cluster may lack, each with the field that asks for it."""
        asked = (
            ("HTTPRoute", "spec.gateway", self.gateway),
            ("PodMonitor", "spec.monitoring", self.monitoring),
        )
        return tuple((kind, field) for kind, field, value in asked if value is not None)


class Refusal(StrEnum):
    """Why a spec is not served, in one word for tools."""

    INVALID_SPEC = "InvalidSpec"
    CLASS_NOT_FOUND = "ClassNotFound"
    CLASS_INVALID = "ClassInvalid"
    LIMIT_EXCEEDED = "LimitExceeded"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with a spec, and what to do about it."""

    field: str
    message: str
    reason: Refusal = Refusal.INVALID_SPEC

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class InvalidSpec(Exception):
    """A spec that cannot be served, with all its problems at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
