"""Which children a vault has at this moment, in the order in which they are applied."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children.backup_job import build_restore_job
from mediavault_operator.children.claim import build_database_claim, build_media_claim
from mediavault_operator.children.deployment import build_deployment
from mediavault_operator.children.ingress import build_ingress
from mediavault_operator.children.job import build_migration_job, migration_template
from mediavault_operator.children.manifest import Manifest, template_hash
from mediavault_operator.children.marks import accounts_mark, retiring, web_mark
from mediavault_operator.children.networkpolicy import (
    build_backup_network_policy,
    build_database_network_policy,
    build_network_policy,
)
from mediavault_operator.children.poddisruptionbudget import build_pod_disruption_budget
from mediavault_operator.children.podmonitor import build_pod_monitor
from mediavault_operator.children.repository import Repository
from mediavault_operator.children.route import build_route
from mediavault_operator.children.secret import (
    build_admin_secret,
    build_backup_secret,
    build_database_secret,
    build_django_secret,
    build_shared_database_secret,
    build_user_secret,
)
from mediavault_operator.children.service import build_database_service, build_service
from mediavault_operator.children.serviceaccount import build_service_account
from mediavault_operator.children.statefulset import build_stateful_set
from mediavault_operator.children.succession import followed, waits_for_trial
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import (
    Object,
    Observed,
    SharedServer,
    component_of,
    is_restoring,
    is_running,
    job_of,
    media_is_shared,
    migrated,
    name_of,
    true_condition,
    uid_of,
)
from mediavault_operator.spec import (
    Claim,
    EmbeddedDatabase,
    ManagedDatabase,
    MediaVault,
    SharedDatabase,
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to apply in this order, what to delete as (kind, name), and the migration that is wanted.

    `template` is the hash of the migration Job's pod template; None while unknown, or where no Job is needed.
    """

    manifests: tuple[Manifest, ...]
    stale: tuple[tuple[str, str], ...]
    template: str | None


_AWAY: Final = SharedServer(found=False)


def desired_children(vault: MediaVault, *, credentials: Credentials, observed: Observed) -> Plan:
    """The children of a vault, given what has been seen of them: some have to wait for others."""
    template = _template(vault, credentials, observed)
    credentials = retiring(vault, credentials, observed)
    hashed = None if template is None else template_hash(template)
    ground = (*_foundation(vault, credentials, observed), *_database(vault, credentials, observed))
    restoring = is_restoring(vault, observed)
    web = () if restoring else _web(vault, credentials, observed, hashed)
    held = tuple(each for each in (*ground, *web) if waits_for_trial(each, observed, hashed))
    # An embedded database is migrated by its own pods: its Job is needed where they wait for a trial.
    wanted = template if held or not isinstance(vault.database, EmbeddedDatabase) else None
    job = _restoration(vault, observed) if restoring else _migration(vault, wanted, observed)
    return Plan(
        manifests=tuple(each for each in (*ground, *job, *web) if each not in held),
        stale=_stale(vault, hashed, observed),
        template=None if wanted is None else hashed,
    )


def _foundation(vault: MediaVault, credentials: Credentials, observed: Observed) -> tuple[Manifest, ...]:
    claims = (build_media_claim(vault, vault.storage),) if isinstance(vault.storage, Claim) else ()
    return (
        build_django_secret(vault, credentials),
        build_admin_secret(vault, credentials),
        *(build_user_secret(vault, user, credentials) for user in vault.users),
        build_service_account(vault),
        build_network_policy(vault),
        *claims,
        build_service(vault),
        *((build_ingress(vault, vault.ingress),) if vault.ingress else ()),
        *_protection(vault, credentials),
        *_optional(vault, observed),
    )


def _protection(vault: MediaVault, credentials: Credentials) -> tuple[Manifest, ...]:
    """What backups and restores stand on."""
    if vault.backup is None:
        return (build_backup_network_policy(vault),) if vault.bootstrap else ()
    key = (build_backup_secret(vault, credentials),) if vault.backup.generated else ()
    return (*key, build_backup_network_policy(vault))


def _restoration(vault: MediaVault, observed: Observed) -> tuple[Manifest, ...]:
    """The Job that brings the backup, once it may; a Job that stands is left alone."""
    source, bootstrap = observed.source, vault.bootstrap
    if bootstrap is None or source is None or not source.usable or vault.suspend or observed.restore_job:
        return ()
    repository = Repository(
        target=source.target, encryption=bootstrap.encryption or source.encryption, path=source.path
    )
    return (build_restore_job(vault, repository, snapshot=source.snapshot),)


def _optional(vault: MediaVault, observed: Observed) -> Iterator[Manifest]:
    """Children of kinds that the cluster may lack; the status tells what is missing."""
    if vault.gateway is not None and "HTTPRoute" in observed.kinds:
        yield build_route(vault, vault.gateway)
    if vault.monitoring is not None and "PodMonitor" in observed.kinds:
        yield build_pod_monitor(vault, vault.monitoring)


def _database(vault: MediaVault, credentials: Credentials, observed: Observed) -> tuple[Manifest, ...]:
    server = observed.shared_server
    if server is not None and server.address is not None:
        return (build_shared_database_secret(vault, credentials, server.address),)
    if not isinstance(vault.database, ManagedDatabase):
        return ()
    # A suspended database goes last, so that web pods can end what they are doing.
    users = (names.WEB, names.MIGRATE, names.BACKUP, names.RESTORE)
    in_use = any(component_of(pod) in users and is_running(pod) for pod in observed.pods)
    replicas = 0 if vault.suspend and not in_use else 1
    return (
        build_database_secret(vault, credentials),
        build_database_network_policy(vault),
        build_database_claim(vault, vault.database),
        build_database_service(vault),
        build_stateful_set(
            vault,
            vault.database,
            replicas=replicas,
        ),
    )


def _migration(
    vault: MediaVault, template: dict[str, Any] | None, observed: Observed
) -> tuple[Manifest, ...]:
    if template is None:
        return ()
    hashed = template_hash(template)
    name = names.migration_job(vault.name, hashed)
    done = migrated(observed)
    # A Job that stands is left alone: hardly any of its fields may change.
    stands = any(name_of(job) == name for job in observed.jobs)
    if stands or (done is not None and done.template == hashed):
        return ()
    if isinstance(vault.database, SharedDatabase) and not (observed.shared_server or _AWAY).stands:
        return ()
    if vault.suspend or _another_migrates(name, observed):
        return ()
    return (build_migration_job(vault, template),)


def _another_migrates(name: str, observed: Observed) -> bool:
    pods = (pod for pod in observed.pods if component_of(pod) == names.MIGRATE and is_running(pod))
    return any(name_of(job) != name for job in observed.jobs) or any(job_of(pod) != name for pod in pods)


def _web(
    vault: MediaVault, credentials: Credentials, observed: Observed, template: str | None
) -> tuple[Manifest, ...]:
    shared = media_is_shared(vault, observed)
    if isinstance(vault.database, EmbeddedDatabase):
        mark = web_mark(vault, credentials, observed) or ""
        return (
            build_deployment(vault, image=vault.image, secrets=mark, shared=shared, migration=template or ""),
        )
    done = migrated(observed)
    if done is None:
        return ()
    deployment = build_deployment(vault, image=done.image, secrets=done.secrets, shared=shared)
    return (deployment, build_pod_disruption_budget(vault)) if _has_budget(vault, shared) else (deployment,)


def _has_budget(vault: MediaVault, shared: bool) -> bool:
    return shared and vault.replicas > 1


def _template(vault: MediaVault, credentials: Credentials, observed: Observed) -> dict[str, Any] | None:
    secrets = web_mark(vault, credentials, observed)
    claim = uid_of(observed.database_claim)
    managed = isinstance(vault.database, ManagedDatabase)
    if secrets is None or (managed and not claim):
        return None
    return migration_template(
        vault,
        secrets=secrets,
        accounts=accounts_mark(vault, credentials),
        database_claim=claim if managed else "",
    )


def _stale(vault: MediaVault, template: str | None, observed: Observed) -> tuple[tuple[str, str], ...]:
    return (
        *_stale_budget(vault, observed),
        *_stale_reach(vault, observed),
        *_stale_jobs(vault, template, observed),
    )


def _stale_budget(vault: MediaVault, observed: Observed) -> tuple[tuple[str, str], ...]:
    wanted = _has_budget(vault, media_is_shared(vault, observed))
    if wanted or observed.pod_disruption_budget is None:
        return ()
    return (("PodDisruptionBudget", names.pod_disruption_budget(vault.name)),)


def _stale_reach(vault: MediaVault, observed: Observed) -> Iterator[tuple[str, str]]:
    if vault.ingress is None and observed.ingress is not None:
        yield "Ingress", names.ingress(vault.name)
    if vault.gateway is None and observed.route is not None:
        yield "HTTPRoute", names.route(vault.name)
    if vault.monitoring is None and observed.pod_monitor is not None:
        yield "PodMonitor", names.pod_monitor(vault.name)


def _stale_jobs(vault: MediaVault, template: str | None, observed: Observed) -> tuple[tuple[str, str], ...]:
    if template is None:
        return ()
    current = names.migration_job(vault.name, template)
    # A trial has served its purpose when what it was for has come.
    over = followed(observed.deployment) == template
    return tuple(
        ("Job", name_of(job)) for job in observed.jobs if over or name_of(job) != current or _ran_out(job)
    )


def _ran_out(job: Object) -> bool:
    """Whether a Job has waited in vain for as long as it may: it is made again, as what it waits for may
    come yet.
    """
    return (true_condition(job, "Failed") or {}).get("reason") == "DeadlineExceeded"
