"""The Jobs that take a backup of a vault and bring one into a new vault."""

from collections.abc import Mapping
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.children.jobspec import job_spec
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.children.repository import RESOURCES, SCRATCH, Repository
from mediavault_operator.spec import BackupPlan, BackupRequest, EmbeddedDatabase, MediaVault, Retention

NEEDS_CHANGE: Final = 2
BACKUP: Final = ("python", "manage.py", "backup")
RESTORE: Final = ("python", "manage.py", "restore")
KEPT_SECONDS: Final = 24 * 3600


def build_backup_job(
    vault: MediaVault, plan: BackupPlan, request: BackupRequest, *, web: Mapping[str, Any], beside_web: bool
) -> Manifest:
    """The Job of one MediaVaultBackup, gone with it; `beside_web` where only that node has the media.

    `web` is the spec of the web pods that serve: by their release the database is, and where they run, pods
    can. The vault itself may ask for what its trial shows to be nowhere.
    """
    repository = Repository(
        target=plan.target,
        encryption=plan.encryption,
        path=names.backup_path(vault.namespace, vault.name),
    )
    arguments = ["--scheduled", *_rules(plan.retention)] if request.scheduled else []
    result = _job(
        vault,
        name=names.backup_job(request.name),
        component=names.BACKUP,
        image=next(each["image"] for each in web["containers"] if each["name"] == names.WEB_CONTAINER),
        command=[*BACKUP, *arguments],
        repository=repository,
    )
    owner = {"kind": names.BACKUP_KIND, "name": request.name, "uid": request.uid}
    result["metadata"]["ownerReferences"][0].update(owner)
    # An embedded database writes beside itself, even to be read.
    if not isinstance(vault.database, EmbeddedDatabase):
        _media_mount(result)["readOnly"] = True
    template = result["spec"]["template"]
    placed = template["spec"] = pod.placed_as(template["spec"], web)
    if beside_web:
        placed["affinity"] = {**placed.get("affinity", {}), "podAffinity": _beside_web(vault)}
    return result


def build_restore_job(vault: MediaVault, repository: Repository, *, snapshot: str) -> Manifest:
    """The Job that brings a snapshot into a vault that has nothing yet."""
    return _job(
        vault,
        name=names.restore_job(vault.name),
        component=names.RESTORE,
        image=vault.image,
        command=[*RESTORE, snapshot],
        repository=repository,
    )


def _job(
    vault: MediaVault, *, name: str, component: str, image: str, command: list[str], repository: Repository
) -> Manifest:
    result = manifest(vault, api="batch/v1", kind="Job", name=name, component=component)
    template = {
        "metadata": pod.metadata(vault, component, {}),
        "spec": _pod(vault, image, command, repository),
    }
    result["spec"] = job_spec(
        template,
        kept_seconds=KEPT_SECONDS,
        container=names.BACKUP_CONTAINER,
        on_exit={"FailJob": (NEEDS_CHANGE,)},
    )
    return result


def _pod(vault: MediaVault, image: str, command: list[str], repository: Repository) -> dict[str, Any]:
    secrets = [*pod.app_secret_volumes(vault), *repository.secret_volumes()]
    container = {
        **pod.container(vault, name=names.BACKUP_CONTAINER, image=image, resources=RESOURCES),
        "command": command,
        "env": [*pod.app_environment(vault), *repository.environment()],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            *pod.secret_mounts(secrets),
            {"name": "media", "mountPath": pod.MEDIA_ROOT},
            *repository.claim_mounts(),
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the pod's own
        ],
    }
    return {
        **pod.pod_spec(vault, user=pod.APP_ID, grace_seconds=60),
        "restartPolicy": "Never",
        "containers": [container],
        "volumes": [
            *secrets,
            pod.media_volume(vault),
            *repository.claim_volumes(),
            pod.scratch_volume("tmp", SCRATCH),
        ],
    }


def _media_mount(job: Manifest) -> dict[str, Any]:
    (container,) = job["spec"]["template"]["spec"]["containers"]
    mounts: list[dict[str, Any]] = container["volumeMounts"]
    return next(mount for mount in mounts if mount["name"] == "media")


def _beside_web(vault: MediaVault) -> dict[str, Any]:
    return {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {
                "topologyKey": "kubernetes.io/hostname",
                "labelSelector": {"matchLabels": names.selector(vault.name, names.WEB)},
            }
        ]
    }


def _rules(retention: Retention) -> list[str]:
    kept = {
        "last": retention.last,
        "daily": retention.daily,
        "weekly": retention.weekly,
        "monthly": retention.monthly,
    }
    return [f"--keep-{rule}={count}" for rule, count in kept.items() if count]
