"""The migration Job: it brings the database to an image before any pod of that image is rolled out.

An embedded database lies on the claim of the pod that serves. Its Job prepares an empty one: a trial of the
image, the configuration and the place.
"""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.children.jobspec import job_spec
from mediavault_operator.children.manifest import Manifest, manifest, template_hash, with_template
from mediavault_operator.outcome import PrepareExit
from mediavault_operator.spec import EmbeddedDatabase, MediaVault

COMMAND: Final = ["python", "manage.py", "prepare"]
KEPT_SECONDS: Final = 7 * 24 * 3600
_ON_EXIT: Final = {
    "Ignore": (PrepareExit.DATABASE_UNREACHABLE, PrepareExit.STORE_UNUSABLE),
    "FailJob": (PrepareExit.CONFIGURATION_WRONG, PrepareExit.RELEASE_UNSUPPORTED),
}


def migration_template(
    vault: MediaVault, *, secrets: str, accounts: str, database_claim: str
) -> dict[str, Any]:
    """The Job's pod template: a change of image, secrets or database asks for a migration of its own.

    `secrets` and `accounts` are fingerprints, `database_claim` the uid of the claim that a managed database
    lies on.
    """
    volumes = [*pod.app_secret_volumes(vault), *pod.account_secret_volumes(vault)]
    trial = [pod.scratch_volume("media", "1Gi")] if isinstance(vault.database, EmbeddedDatabase) else []
    annotations = {
        names.SECRETS_ANNOTATION: secrets,
        names.ACCOUNTS_ANNOTATION: accounts,
        names.DATABASE_CLAIM_ANNOTATION: database_claim,
    }
    return {
        "metadata": pod.metadata(vault, names.MIGRATE, annotations),
        "spec": {
            **pod.pod_spec(vault, user=pod.APP_ID, grace_seconds=60),
            **pod.spread(vault),
            "restartPolicy": "Never",
            "containers": [prepare_container(vault, volumes)],
            "volumes": [*volumes, pod.scratch_volume("tmp", "1Gi"), *trial],
        },
    }


def prepare_container(vault: MediaVault, volumes: list[dict[str, Any]]) -> dict[str, Any]:
    """The container that migrates and brings the accounts to their Secrets; `volumes` are its Secrets."""
    media = [pod.media_mount()] if isinstance(vault.database, EmbeddedDatabase) else []
    return {
        **pod.container(vault, name=names.PREPARE_CONTAINER, image=vault.image, resources=vault.resources),
        "command": COMMAND,
        "env": [*pod.app_environment(vault), *pod.account_environment(vault)],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            *pod.secret_mounts(volumes),
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the pod's own
            *media,
        ],
    }


def build_migration_job(vault: MediaVault, template: dict[str, Any]) -> Manifest:
    """The Job of a pod template; what cannot be reached is waited for, a wrong configuration is not."""
    name = names.migration_job(vault.name, template_hash(template))
    return with_template(
        manifest(vault, api="batch/v1", kind="Job", name=name, component=names.MIGRATE),
        job_spec(template, kept_seconds=KEPT_SECONDS, container=names.PREPARE_CONTAINER, on_exit=_ON_EXIT),
    )
