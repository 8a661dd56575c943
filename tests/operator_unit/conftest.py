"""What the operator's unit tests share: makers of vaults and of the objects a cluster would show."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings

from mediavault_operator import names
from mediavault_operator.credentials import Credentials, DatabaseLogin, Login
from mediavault_operator.spec import Defaults, MediaVault, parse

settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci")

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(name="now")
def fixed_now() -> datetime:
    """A clock that stands."""
    return NOW


@pytest.fixture(name="defaults")
def operator_defaults() -> Defaults:
    """What the operator decides in these tests."""
    return Defaults(image="registry/app:1.0", database_image="registry/postgres:17")


@pytest.fixture(name="make_vault")
def vault_maker(defaults: Defaults) -> Callable[..., MediaVault]:
    """Makes a vault from a spec as one would write it."""

    def make(spec: Mapping[str, Any] | None = None, *, name: str = "photos") -> MediaVault:
        metadata = {"name": name, "namespace": "tenant", "uid": "vault-uid", "generation": 3}
        return parse({"metadata": metadata, "spec": spec or {}}, defaults=defaults)

    return make


@pytest.fixture(name="credentials")
def fixed_credentials() -> Credentials:
    """Generated values that do not change."""
    return Credentials(
        secret_key="key-of-django",
        database=DatabaseLogin(password="password-of-database"),
        backup_password="password-of-backups",
        admin=Login(password="password-of-admin", token="token-of-admin"),
        users={"photos-user-ann": Login(password="password-of-ann", token="token-of-ann")},
    )


@pytest.fixture(name="claim")
def claim_maker() -> Callable[..., dict[str, Any]]:
    """Makes a claim as the API server would show it."""

    def make(name: str = "photos-media", *, size: str = "10Gi", **more: Any) -> dict[str, Any]:
        metadata = {"name": name, "uid": f"uid-of-{name}", "creationTimestamp": "2026-11-22T11:00:00Z"}
        spec = {"resources": {"requests": {"storage": size}}, "accessModes": ["ReadWriteOnce"]}
        return {
            "metadata": {**metadata, "annotations": more.pop("annotations", {})},
            "spec": {**spec, "storageClassName": "standard", **more.pop("spec", {})},
            "status": more.pop("status", {"phase": "Bound", "capacity": {"storage": size}}),
        }

    return make


@pytest.fixture(name="pod")
def pod_maker() -> Callable[..., dict[str, Any]]:
    """Makes a pod of one component; its containers are given as the kubelet reports them."""

    def make(
        component: str,
        *containers: Mapping[str, Any],
        init: tuple[Mapping[str, Any], ...] = (),
        phase: str = "Running",
        labels: Mapping[str, str] | None = None,
        conditions: tuple[Mapping[str, str], ...] = (),
        created: str = "2026-11-22T11:59:50Z",
    ) -> dict[str, Any]:
        return {
            "metadata": {
                "name": f"photos-{component}-0",
                "labels": {**names.labels("photos", component), **(labels or {})},
                "creationTimestamp": created,
            },
            "status": {
                "phase": phase,
                "conditions": list(conditions),
                "initContainerStatuses": list(init),
                "containerStatuses": list(containers),
            },
        }

    return make


@pytest.fixture(name="job")
def job_maker() -> Callable[..., dict[str, Any]]:
    """Makes a migration Job of a template hash, running unless it is said how it ended."""

    def make(
        template: str, *, image: str = "registry/app:1.0", ended: str = "", at: str = "2026-11-22T11:30:00Z"
    ) -> dict[str, Any]:
        conditions = [{"type": ended, "status": "True", "message": "as it was told"}] if ended else []
        status: dict[str, Any] = {"conditions": conditions}
        if ended == "Complete":
            status["completionTime"] = at
        return {
            "metadata": {
                "name": names.migration_job("photos", template),
                "labels": names.labels("photos", names.MIGRATE),
                "annotations": {names.TEMPLATE_ANNOTATION: template},
                "creationTimestamp": "2026-11-22T11:59:50Z",
            },
            "spec": {
                "template": {
                    "metadata": {"annotations": {names.SECRETS_ANNOTATION: f"secrets-of-{template}"}},
                    "spec": {"containers": [{"name": names.PREPARE_CONTAINER, "image": image}]},
                }
            },
            "status": status,
        }

    return make


@pytest.fixture(name="deployment")
def deployment_maker() -> Callable[..., dict[str, Any]]:
    """Makes a Deployment of the web pods, all ready unless its status is given."""

    def make(*, replicas: int = 1, claim: str = "photos-media", **status: Any) -> dict[str, Any]:
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), replicas)
        volumes = [{"name": "media", "persistentVolumeClaim": {"claimName": claim}}]
        return {
            "metadata": {"name": "photos", "generation": 1},
            "spec": {"replicas": replicas, "template": {"spec": {"volumes": volumes}}},
            "status": {"observedGeneration": 1, **counts, **status},
        }

    return make
