"""What the operator has seen of one vault's children; the shell fills it from its watched caches.

Objects are held as the API server gave them (`metadata`, `spec`, `status`), trimmed or not.
Builders and status only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mediavault_operator import names
from mediavault_operator.outcome import prepare_report
from mediavault_operator.spec import (
    AccessMode,
    Bucket,
    Claim,
    EmbeddedDatabase,
    EncryptionKey,
    MediaVault,
    Target,
)
from mediavault_operator.usage import Usage

Object: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One child that the API server would not take: `reason` as the API server words it.

    A foreign object of the same name has the reason `Conflict`; one that changed meanwhile has `Changed`.
    """

    kind: str
    name: str
    reason: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ReferencedSecret:
    """A Secret that the spec names: whether it stands, has what is needed, and a SHA-256 of that."""

    found: bool
    has_key: bool = False
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a shared server is."""

    host: str
    port: str = "5432"
    sslmode: str = ""


@dataclass(frozen=True, kw_only=True)
class SharedServer:
    """The shared server as its admin Secret shows it, and whether the vault's own database stands there.

    `forbidden` says that the operator may not read it, `missing` are keys that it lacks, `digest` is of all
    its values; `trouble` is what the last attempt to make the database came to.
    """

    found: bool
    forbidden: bool = False
    missing: tuple[str, ...] = ()
    address: Address | None = None
    digest: str = ""
    stands: bool = False
    reason: str = ""
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The completed backup that a new vault begins with; `trouble` says in a reason and a sentence why it
    cannot be used, and `waits` that this may pass by itself.
    """

    target: Target
    encryption: EncryptionKey
    path: str
    snapshot: str
    trouble: tuple[str, str] | None = None
    waits: bool = False

    @property
    def usable(self) -> bool:
        """Whether it can be restored now."""
        return self.trouble is None


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Every child of one vault as last seen; None or empty is what was not there.

    `migration` is `status.migration` of the MediaVault: what has been migrated before.
    `media_claim` is the claim in use: the vault's own or the existing one that the spec names.
    `drift` names what others have added to children of ours, `kinds` those of the kinds that a cluster may
    lack which this one serves, `usage` is the last reading of the vault's own figures.
    `complaints` is why pods of Jobs and StatefulSets could not be made, by the uids of these.
    `source` is the backup that the vault begins with, `restored` is `status.restored`.
    """

    deployment: Object | None = None
    service: Object | None = None
    ingress: Object | None = None
    route: Object | None = None
    pod_monitor: Object | None = None
    media_claim: Object | None = None
    database_claim: Object | None = None
    stateful_set: Object | None = None
    jobs: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    pod_disruption_budget: Object | None = None
    referenced_secret: ReferencedSecret | None = None
    bucket_secret: ReferencedSecret | None = None
    shared_server: SharedServer | None = None
    failures: tuple[Failure, ...] = ()
    drift: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    usage: Usage | None = None
    complaints: Mapping[str, str] = field(default_factory=dict)
    migration: Mapping[str, str] | None = None
    restore_job: Object | None = None
    source: Source | None = None
    restored: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """What the database has been migrated to: Job template, image, secrets and the app's version.

    `newest` is the newest release that ever migrated it, where that is not `version` itself.
    """

    template: str
    image: str
    secrets: str
    version: str
    newest: str = ""


def name_of(obj: Object) -> str:
    """The name of an object."""
    return str(obj.get("metadata", {}).get("name", ""))


def uid_of(obj: Object | None) -> str:
    """The uid of an object, empty where there is none."""
    return "" if obj is None else str(obj.get("metadata", {}).get("uid", ""))


def component_of(obj: Object) -> str:
    """The component label of an object, empty where it has none."""
    return _label(obj, names.COMPONENT_LABEL)


def job_of(pod: Object) -> str:
    """The name of the Job that made a pod, empty where none did."""
    return _label(pod, names.JOB_NAME_LABEL)


def secrets_of(pod: Object) -> str:
    """The fingerprint of the secrets that a pod, or a template of pods, began with."""
    return annotation_of(pod, names.SECRETS_ANNOTATION)


def annotation_of(obj: Object, key: str) -> str:
    """An annotation of an object, empty where it has none of this key."""
    return str((obj.get("metadata", {}).get("annotations") or {}).get(key, ""))


def is_running(pod: Object) -> bool:
    """Whether a pod may still do something: it has neither succeeded nor failed."""
    return pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")


def media_is_shared(vault: MediaVault, observed: Observed) -> bool:
    """Whether several nodes can mount the media, so that web pods of two generations may overlap."""
    if isinstance(vault.database, EmbeddedDatabase):
        return False
    if isinstance(vault.storage, Bucket):
        return True
    if isinstance(vault.storage, Claim):
        return AccessMode.READ_WRITE_MANY in vault.storage.access_modes
    claim = observed.media_claim or {}
    return AccessMode.READ_WRITE_MANY.value in (claim.get("spec", {}).get("accessModes") or ())


def is_restoring(vault: MediaVault, observed: Observed) -> bool:
    """Whether a vault that begins with a backup has not got it yet."""
    return vault.bootstrap is not None and not observed.restored and not is_complete(observed.restore_job)


def true_condition(obj: Object | None, kind: str) -> Mapping[str, Any] | None:
    """The condition of a type that an object has and that is true."""
    conditions = (obj or {}).get("status", {}).get("conditions") or ()
    found = (each for each in conditions if each.get("type") == kind and each.get("status") == "True")
    return next(found, None)


def is_complete(job: Object | None) -> bool:
    """Whether a Job has succeeded."""
    return job is not None and bool(_completed_at(job))


def migrated(observed: Observed) -> Migrated | None:
    """The last migration that went well: the newest Job that completed, else what the status remembers."""
    completed = [(time, job) for job in observed.jobs if (time := _completed_at(job))]
    remembered = _remembered(observed)
    if not completed:
        return remembered
    job = max(completed, key=lambda entry: entry[0])[1]
    template = job["spec"]["template"]
    hashed = annotation_of(job, names.TEMPLATE_ANNOTATION)
    version, newest = _versions(job, observed)
    if not version and remembered is not None and remembered.template == hashed:
        version, newest = remembered.version, remembered.newest
    return Migrated(
        template=hashed,
        image=str(template["spec"]["containers"][0]["image"]),
        secrets=annotation_of(template, names.SECRETS_ANNOTATION),
        version=version,
        newest=newest,
    )


def _remembered(observed: Observed) -> Migrated | None:
    memory = observed.migration or {}
    if not memory.get("template") or not memory.get("image"):
        return None
    return Migrated(
        template=memory["template"],
        image=memory["image"],
        secrets=memory.get("secrets", ""),
        version=memory.get("version", ""),
        newest=memory.get("newest", ""),
    )


def _completed_at(job: Object) -> str:
    if true_condition(job, "Complete") is None:
        return ""
    return str(job["status"].get("completionTime") or "-")


def _versions(job: Object, observed: Observed) -> tuple[str, str]:
    """The release that a Job's pod reported, and the newest one of its database where that is another."""
    reports = (prepare_report(pod) for pod in observed.pods if job_of(pod) == name_of(job))
    report = next((report for report in reports if report.get("version")), {})
    version, newest = str(report.get("version", "")), str(report.get("newest", ""))
    return version, newest if newest != version else ""


def _label(obj: Object, key: str) -> str:
    return str((obj.get("metadata", {}).get("labels") or {}).get(key, ""))
