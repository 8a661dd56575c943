"""The managed database: one PostgreSQL pod on a claim of its own."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.children.secret import DATABASE_PORT
from mediavault_operator.credentials import DATABASE, DATABASE_USER
from mediavault_operator.spec import ManagedDatabase, MediaVault

POSTGRES_ID: Final = 999
DATA_ROOT: Final = "/var/lib/postgresql/data"
GRACE_SECONDS: Final = 120

# The image's own initialization, killed half-way, looks finished to it ever after. So it is done here, beside
# its place, and moved there when it is whole. Later starts bring the role to the password in the Secret:
# that may have been made anew beside retained data. No upgrade of a library reorders indexes of this locale.
START: Final = r"""
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  new="$PGDATA.new"
  rm -rf "$new"
  initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  printf '\nhost all all all scram-sha-256\n' >> "$new/pg_hba.conf"
  printf 'CREATE DATABASE "%s";\n' "$POSTGRES_DB" | postgres --single -D "$new" postgres >/dev/null
  sync
  mv -T "$new" "$PGDATA"
else
  password=$(sed "s/'/''/g" "$POSTGRES_PASSWORD_FILE")
  printf 'ALTER ROLE "%s" PASSWORD '"'%s'"';\n' "$POSTGRES_USER" "$password" \
    | postgres --single -D "$PGDATA" postgres >/dev/null
fi
exec docker-entrypoint.sh postgres -c listen_addresses='*'
""".strip()

ANSWERS: Final = ["pg_isready", "--quiet", "--host=127.0.0.1", f"--username={DATABASE_USER}"]


def build_stateful_set(
    vault: MediaVault, database: ManagedDatabase, *, replicas: int, secrets: str
) -> Manifest:
    """The database's StatefulSet; its claim is mounted by name, so deleting the set touches no data.

    `secrets` is a fingerprint of the password, which a restart brings into the database.
    """
    name = names.database(vault.name)
    selector = names.selector(vault.name, names.DATABASE)
    volumes = [
        pod.claim_volume("data", names.database(vault.name)),
        pod.database_secret_volume(vault),
        pod.scratch_volume("run", "16Mi"),
        pod.scratch_volume("tmp", "1Gi"),
    ]
    return {
        **manifest(vault, api="apps/v1", kind="StatefulSet", name=name, component=names.DATABASE),
        "spec": {
            "replicas": replicas,
            "serviceName": name,
            # With one pod there is no order to keep, and a broken pod is replaced without help.
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": pod.metadata(vault, names.DATABASE, {names.SECRETS_ANNOTATION: secrets}),
                "spec": {
                    **pod.pod_spec(vault, user=POSTGRES_ID, grace_seconds=GRACE_SECONDS),
                    "containers": [_postgres(vault, database)],
                    "volumes": volumes,
                },
            },
        },
    }


def _postgres(vault: MediaVault, database: ManagedDatabase) -> dict[str, Any]:
    mounts = [
        {"name": "data", "mountPath": DATA_ROOT},
        {"name": "run", "mountPath": "/var/run/postgresql"},
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the pod's own
        *pod.secret_mounts([pod.database_secret_volume(vault)]),
    ]
    result = pod.container(
        vault, name=names.DATABASE_CONTAINER, image=database.image, resources=database.resources
    )
    return {
        **result,
        "command": ["/bin/sh", "-c", START],
        "env": [
            {"name": "POSTGRES_USER", "value": DATABASE_USER},
            {"name": "POSTGRES_DB", "value": DATABASE},
            {"name": "POSTGRES_PASSWORD_FILE", "value": f"{pod.SECRETS_ROOT}/database/password"},
            {"name": "PGDATA", "value": f"{DATA_ROOT}/pgdata"},
        ],
        "ports": [{"name": "postgres", "containerPort": DATABASE_PORT, "protocol": "TCP"}],
        "volumeMounts": mounts,
        # PostgreSQL's SIGTERM waits for clients to leave; SIGINT ends their sessions and shuts down cleanly.
        "lifecycle": {"preStop": {"exec": {"command": ["/bin/sh", "-c", "kill -INT 1"]}}},
        **_probes(),
    }


def _probes() -> dict[str, Any]:
    # Only the first probe has time for a recovery; a recovering server answers "not yet".
    return {
        "startupProbe": {
            "exec": {"command": ANSWERS},
            "periodSeconds": 1,
            "timeoutSeconds": 5,
            "failureThreshold": 900,
        },
        "readinessProbe": {
            "exec": {"command": ANSWERS},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "livenessProbe": {
            "tcpSocket": {"port": "postgres"},
            "periodSeconds": 20,
            "timeoutSeconds": 5,
            "failureThreshold": 6,
        },
    }
