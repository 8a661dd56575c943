"""What every pod shares: the restricted security context, mounted secrets and the app's environment."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children.bucket import BUCKET_FOLDER, SCRATCH_SIZE, bucket_variables
from mediavault_operator.spec import (
    Bucket,
    EmbeddedDatabase,
    ExternalDatabase,
    MediaVault,
    Pods,
    PullPolicy,
    Resources,
    Spread,
)

APP_ID: Final = 10001
WEB_PORT: Final = 8000
METRICS_PORT: Final = 9100
MEDIA_ROOT: Final = "/home/appuser/media"
SECRETS_ROOT: Final = "/run/secrets/mediavault"
EMBEDDED_URL: Final = f"sqlite:///{MEDIA_ROOT}/.mediavault/db.sqlite3"
URL_FILE: Final = "DATABASE_URL"
PLACEMENT: Final = (
    "nodeSelector", "tolerations", "affinity", "priorityClassName", "runtimeClassName", "imagePullSecrets",
)  # fmt: skip
"""What of a pod's spec decides whether and where it can begin, as the spec of a vault says."""


def pod_spec(vault: MediaVault, *, user: int, grace_seconds: int) -> dict[str, Any]:
    """A pod without containers and volumes, as Pod Security's restricted level wants it, placed as the spec
    says.
    """
    return {
        **_placement(vault.pods),
        "serviceAccountName": names.service_account(vault.name),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": grace_seconds,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": user,
            "runAsGroup": user,
            "fsGroup": user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }


def placed_as(spec: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A pod's spec with the placement of another one instead of its own."""
    kept = {key: value for key, value in spec.items() if key not in PLACEMENT}
    return {**{key: other[key] for key in PLACEMENT if key in other}, **kept}


def metadata(vault: MediaVault, component: str, annotations: Mapping[str, str]) -> dict[str, Any]:
    """The labels and annotations of a pod: the spec's, and ours, which it cannot take away."""
    return {
        "labels": {**dict(vault.pods.labels), **names.labels(vault.name, component)},
        "annotations": {**dict(vault.pods.annotations), **annotations},
    }


def _placement(pods: Pods) -> dict[str, Any]:
    wanted = {
        "nodeSelector": dict(pods.node_selector),
        "tolerations": [dict(each) for each in pods.tolerations],
        "affinity": pods.affinity,
        "priorityClassName": pods.priority_class,
        "runtimeClassName": pods.runtime_class,
        "imagePullSecrets": [{"name": name} for name in pods.pull_secrets],
    }
    return {key: value for key, value in wanted.items() if value}


def spread(vault: MediaVault, *, otherwise: tuple[Spread, ...] = ()) -> dict[str, Any]:
    """How pods are placed among the web pods of their vault: as the spec says, which may say none, or
    `otherwise`.
    """
    wanted = otherwise if vault.pods.spread is None else vault.pods.spread
    selector = {"matchLabels": names.selector(vault.name, names.WEB)}
    constraints = [
        {
            "maxSkew": each.max_skew,
            "topologyKey": each.topology_key,
            "whenUnsatisfiable": each.when_unsatisfiable.value,
            "labelSelector": selector,
        }
        for each in wanted
    ]
    return {"topologySpreadConstraints": constraints} if constraints else {}


def container(vault: MediaVault, *, name: str, image: str, resources: Resources) -> dict[str, Any]:
    """A container that may do nothing beyond running its own code."""
    result: dict[str, Any] = {
        "name": name,
        "image": image,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    if vault.image_pull_policy is not PullPolicy.UNSET:
        result["imagePullPolicy"] = vault.image_pull_policy.value
    written = {"requests": dict(resources.requests), "limits": dict(resources.limits)}
    result["resources"] = {key: value for key, value in written.items() if value}
    return result


def app_environment(vault: MediaVault) -> list[dict[str, str]]:
    """The variables of web and migration pods; secrets are named by their files."""
    embedded = isinstance(vault.database, EmbeddedDatabase)
    url = ("DATABASE_URL", EMBEDDED_URL) if embedded else ("DATABASE_URL_FILE", _file("database", URL_FILE))
    return variables(
        url,
        ("SECRET_KEY_FILE", _file("django", "SECRET_KEY")),
        # The host of a load balancer, an Ingress or a port-forward cannot be known here.
        ("ALLOWED_HOSTS", "*"),
        ("MEDIA_ROOT", MEDIA_ROOT),
        *_bucket(vault),
        ("LOG_FORMAT", "json"),
        *_behind(vault),
    )


def _bucket(vault: MediaVault) -> tuple[tuple[str, str], ...]:
    if not isinstance(vault.storage, Bucket):
        return ()
    return bucket_variables(vault.storage, secrets_root=SECRETS_ROOT)


def _behind(vault: MediaVault) -> tuple[tuple[str, str], ...]:
    """What the app has to know of the proxy before it: whose pages may write, and how TLS is told."""
    hosts = (*_encrypted_hosts(vault),)
    if not hosts:
        return ()
    return (
        ("CSRF_TRUSTED_ORIGINS", ",".join(f"https://{host}" for host in hosts)),
        ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
        # Signing in over the Service, as by a port-forward, has no TLS.
        ("SESSION_COOKIE_SECURE", "false"),
    )


def _encrypted_hosts(vault: MediaVault) -> Iterator[str]:
    if vault.ingress is not None and vault.ingress.tls_secret is not None:
        yield vault.ingress.host
    if vault.gateway is not None and vault.gateway.tls:
        yield from vault.gateway.hosts


def account_environment(vault: MediaVault) -> list[dict[str, str]]:
    """The variables from which `prepare` brings the accounts to their Secrets."""
    users = [
        {
            "username": user.username,
            "email": user.email,
            "admin": user.admin,
            "secrets": _file("users", user.secret),
        }
        for user in vault.users
    ]
    return variables(
        ("ADMIN_USERNAME", vault.admin.username),
        ("ADMIN_EMAIL", vault.admin.email),
        ("ADMIN_PASSWORD_FILE", _file("admin", "password")),
        ("ADMIN_TOKEN_FILE", _file("admin", "token")),
        ("USERS", json.dumps(users)),
    )


def app_secret_volumes(vault: MediaVault) -> list[dict[str, Any]]:
    """The Secrets that web and migration pods mount, each by the one key they need."""
    volumes = [secret_volume("django", names.django_secret(vault.name), {"SECRET_KEY": "SECRET_KEY"})]
    if isinstance(vault.database, ExternalDatabase):
        keys = {vault.database.key: URL_FILE}
        volumes.append(secret_volume("database", vault.database.secret_name, keys))
    elif not isinstance(vault.database, EmbeddedDatabase):
        keys = {"DATABASE_URL": URL_FILE}
        volumes.append(secret_volume("database", names.database_secret(vault.name), keys))
    if isinstance(vault.storage, Bucket) and vault.storage.secret_name:
        keys = {key: key for key in names.BUCKET_KEYS}
        volumes.append(secret_volume(BUCKET_FOLDER, vault.storage.secret_name, keys))
    return volumes


def media_volume(vault: MediaVault) -> dict[str, Any]:
    """Where the media lie, or pass through on their way to a bucket."""
    if isinstance(vault.storage, Bucket):
        return scratch_volume("media", SCRATCH_SIZE)
    return claim_volume("media", vault.media_claim or names.media_claim(vault.name))


def media_mount() -> dict[str, Any]:
    """Where containers find what `media_volume` names."""
    return {"name": "media", "mountPath": MEDIA_ROOT}


def account_secret_volumes(vault: MediaVault) -> list[dict[str, Any]]:
    """The accounts' Secrets, which only `prepare` mounts: the admin's, and all users' in one volume."""
    keys = ("password", "token")
    admin = secret_volume("admin", names.admin_secret(vault.name), {key: key for key in keys})
    sources = [
        {
            "secret": {
                "name": user.secret,
                "items": [{"key": key, "path": f"{user.secret}/{key}"} for key in keys],
            }
        }
        for user in vault.users
    ]
    users = {"name": "users", "projected": {"sources": sources, "defaultMode": 0o440}}
    return [admin, users] if sources else [admin]


def database_secret_volume(vault: MediaVault) -> dict[str, Any]:
    """The managed database's account, for the database itself: a folder whose files change all at once."""
    return {
        "name": "database",
        "secret": {"secretName": names.database_secret(vault.name), "defaultMode": 0o440},
    }


def secret_mounts(volumes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mounts of secret volumes, each in a folder of its own name."""
    return [
        {"name": volume["name"], "mountPath": f"{SECRETS_ROOT}/{volume['name']}", "readOnly": True}
        for volume in volumes
    ]


def claim_volume(name: str, claim: str) -> dict[str, Any]:
    """A volume on a claim."""
    return {"name": name, "persistentVolumeClaim": {"claimName": claim}}


def scratch_volume(name: str, size: str) -> dict[str, Any]:
    """A bounded place to write that goes with the pod."""
    return {"name": name, "emptyDir": {"sizeLimit": size}}


def variables(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    """A container's environment."""
    return [{"name": name, "value": value} for name, value in pairs]


def secret_volume(name: str, secret: str, keys: dict[str, str]) -> dict[str, Any]:
    """A volume of some keys of a Secret, each under the file name that follows it."""
    items = [{"key": key, "path": path} for key, path in keys.items()]
    return {"name": name, "secret": {"secretName": secret, "items": items, "defaultMode": 0o440}}


def _file(folder: str, name: str) -> str:
    return f"{SECRETS_ROOT}/{folder}/{name}"
