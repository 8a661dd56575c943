"""Every object name, label, annotation and selector, so that nothing is spelled twice.

A MediaVault's own name has at most 40 characters (a rule of the CRD), so the longest suffix below
keeps every child within the 63 characters of a DNS label.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

GROUP: Final = "mediavault.io"
VERSION: Final = "v1"
API_VERSION: Final = f"{GROUP}/{VERSION}"
KIND: Final = "MediaVault"
PLURAL: Final = "mediavaults"
CLASS_KIND: Final = "MediaVaultClass"
CLASS_PLURAL: Final = "mediavaultclasses"
BACKUP_KIND: Final = "MediaVaultBackup"
BACKUP_PLURAL: Final = "mediavaultbackups"
FIELD_MANAGER: Final = "mediavault-operator"

FINALIZER: Final = f"{GROUP}/deletion-policy"

VAULT_NAME_MAX: Final = 40
VAULT_NAME_PATTERN: Final = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"

VAULT_LABEL: Final = f"{GROUP}/vault"
NAME_LABEL: Final = "app.kubernetes.io/name"
INSTANCE_LABEL: Final = "app.kubernetes.io/instance"
COMPONENT_LABEL: Final = "app.kubernetes.io/component"
PART_OF_LABEL: Final = "app.kubernetes.io/part-of"
MANAGED_BY_LABEL: Final = "app.kubernetes.io/managed-by"
VERSION_LABEL: Final = "app.kubernetes.io/version"

DEFAULT_CLASS_ANNOTATION: Final = f"{GROUP}/is-default-class"
DESIRED_HASH_ANNOTATION: Final = f"{GROUP}/desired-hash"
VAULT_UID_ANNOTATION: Final = f"{GROUP}/vault-uid"
RETAINED_AT_ANNOTATION: Final = f"{GROUP}/retained-at"
SECRETS_ANNOTATION: Final = f"{GROUP}/secrets"
ACCOUNTS_ANNOTATION: Final = f"{GROUP}/accounts"
DATABASE_KIND_ANNOTATION: Final = f"{GROUP}/database"
DATABASE_CLAIM_ANNOTATION: Final = f"{GROUP}/database-claim"
TEMPLATE_ANNOTATION: Final = f"{GROUP}/template"
MIGRATION_ANNOTATION: Final = f"{GROUP}/migration"
PAUSED_ANNOTATION: Final = f"{GROUP}/paused"
RESTARTED_AT_ANNOTATION: Final = f"{GROUP}/restarted-at"
ROTATED_AT_ANNOTATION: Final = f"{GROUP}/rotated-at"

WEB: Final = "web"
DATABASE: Final = "database"
MIGRATE: Final = "migrate"
USER: Final = "user"
BACKUP: Final = "backup"
RESTORE: Final = "restore"

WEB_CONTAINER: Final = "web"
FRONT_CONTAINER: Final = "front"
WORKER_CONTAINER: Final = "worker"
DATABASE_CONTAINER: Final = "postgres"
PREPARE_CONTAINER: Final = "prepare"
BACKUP_CONTAINER: Final = "backup"
JOB_NAME_LABEL: Final = "batch.kubernetes.io/job-name"

BUCKET_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""The keys of a Secret with the credentials of a bucket, as S3's own tools name them."""
SERVER_KEYS: Final = ("host", "username", "password")
"""The keys that a Secret with the admin of a shared server must have."""
_PLAIN_USERNAME_MAX: Final = 100
_SECOND: Final = "_2"

RETAINED_KINDS: Final = ("PersistentVolumeClaim", "Secret")

MANAGED_SELECTOR: Final = f"{MANAGED_BY_LABEL}={FIELD_MANAGER}"


def deployment(vault: str) -> str:
    """The Deployment of the web pods."""
    return vault


def service(vault: str) -> str:
    """The Service that people and Ingresses talk to."""
    return vault


def ingress(vault: str) -> str:
    """The Ingress by which people reach the vault from outside."""
    return vault


def route(vault: str) -> str:
    """The HTTPRoute by which a Gateway leads to the vault."""
    return vault


def pod_monitor(vault: str) -> str:
    """The PodMonitor by which Prometheus Operator finds the vault's figures."""
    return vault


def tls_secret(vault: str) -> str:
    """The Secret of the Ingress's certificate, where the spec names none; cert-manager makes it."""
    return f"{vault}-tls"


def service_account(vault: str) -> str:
    """The ServiceAccount of every pod of the vault; it is granted nothing."""
    return vault


def network_policy(vault: str) -> str:
    """The NetworkPolicy of the web and migration pods."""
    return vault


def pod_disruption_budget(vault: str) -> str:
    """The PodDisruptionBudget of the web pods."""
    return vault


def django_secret(vault: str) -> str:
    """The Secret with Django's key."""
    return f"{vault}-django"


def admin_secret(vault: str) -> str:
    """The Secret with the first account's name, password and API token."""
    return f"{vault}-admin"


def user_secret(vault: str, username: str) -> str:
    """The Secret of a further account; a hash stands for what a name of Kubernetes cannot hold."""
    plain = re.sub(r"[^a-z0-9]+", "-", username.lower()).strip("-")
    if plain == username and len(plain) <= _PLAIN_USERNAME_MAX:
        return f"{vault}-user-{plain}"
    digest = hashlib.sha256(username.encode()).hexdigest()[:8]
    return "-".join(filter(None, (vault, "user", plain[:_PLAIN_USERNAME_MAX].strip("-"), digest)))


def database_secret(vault: str) -> str:
    """The Secret with the managed database's account and URL."""
    return f"{vault}-database"


def shared_database(namespace: str, vault: str) -> str:
    """The role and the database of a vault on a shared server: at most 61 bytes, and no other vault's."""
    plain = f"{namespace}_{vault}".replace("-", "_")[:48]
    digest = hashlib.sha256(f"{namespace}/{vault}".encode()).hexdigest()[:8]
    return f"mv_{plain}_{digest}"


def database_login(role: str, *, second: bool) -> str:
    """One of the two accounts that open the database of a role, the role's own name or the second one."""
    return f"{role}{_SECOND}" if second else role


def is_second_login(username: str) -> bool:
    """Whether this is the second of a role's two accounts."""
    return username.endswith(_SECOND)


def media_claim(vault: str) -> str:
    """The claim that the operator makes for the media."""
    return f"{vault}-media"


def database(vault: str) -> str:
    """The managed database: its StatefulSet, Service, claim and NetworkPolicy share this name."""
    return f"{vault}-db"


def migration_job(vault: str, template: str) -> str:
    """The Job that migrates the database to `template`, the hash of the Job's own pod template."""
    return f"{vault}-migrate-{template}"


def backup_secret(vault: str) -> str:
    """The Secret with the generated key by which backups are encrypted."""
    return f"{vault}-backup"


def backup_network_policy(vault: str) -> str:
    """The NetworkPolicy of the pods that back up and restore."""
    return f"{vault}-backup"


def backup_job(backup: str) -> str:
    """The Job of a MediaVaultBackup; its name has at most 55 characters (a rule of the CRD)."""
    return f"{backup}-backup"


def restore_job(vault: str) -> str:
    """The Job that brings the backup into the vault that begins with it."""
    return f"{vault}-restore"


def scheduled_backup(vault: str, due: datetime) -> str:
    """The MediaVaultBackup of the schedule's moment `due`, in UTC."""
    return f"{vault}-{due:%Y%m%d-%H%M}"


def last_backup(vault: str, uid: str) -> str:
    """The MediaVaultBackup that is taken before a vault goes."""
    return f"{vault}-last-{uid[:8]}"


def backup_path(namespace: str, vault: str) -> str:
    """The folder of a vault's repository, in whatever target."""
    return f"{namespace}/{vault}"


def labels(vault: str, component: str) -> dict[str, str]:
    """The labels of a child: two that select, the others for people and their tools."""
    return {
        **selector(vault, component),
        NAME_LABEL: "mediavault",
        INSTANCE_LABEL: vault,
        PART_OF_LABEL: "mediavault",
        MANAGED_BY_LABEL: FIELD_MANAGER,
    }


def selector(vault: str, component: str) -> dict[str, str]:
    """The two fixed labels that select pods; nothing else may enter a selector."""
    return {VAULT_LABEL: vault, COMPONENT_LABEL: component}


def selector_text(vault: str, component: str) -> str:
    """The selector as the scale subresource and kubectl spell it."""
    return ",".join(f"{key}={value}" for key, value in selector(vault, component).items())


def belongs_to(obj: Mapping[str, Any], vault: str) -> bool:
    """Whether an object carries our marks for this vault, so may be changed by us."""
    found = obj.get("metadata", {}).get("labels") or {}
    return bool(found.get(VAULT_LABEL) == vault and found.get(MANAGED_BY_LABEL) == FIELD_MANAGER)
