"""The managed database: one PostgreSQL pod on a claim of its own."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.children.manifest import Manifest, manifest, with_template
from mediavault_operator.children.secret import DATABASE_PORT
from mediavault_operator.spec import ManagedDatabase, MediaVault

POSTGRES_ID: Final = 999
DATA_ROOT: Final = "/var/lib/postgresql/data"
GRACE_SECONDS: Final = 120

# The image's own initialization, killed half-way, looks finished to it ever after. So it is done here, beside
# its place, and moved there when it is whole. No upgrade of a library reorders indexes of this locale.
# The accounts follow the Secret while the server runs: the kubelet swaps the link `..data` when it changes.
# One is let in last, when everything behind it stands; two of them share what one role owns.
START: Final = r"""
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  new="$PGDATA.new"
  rm -rf "$new"
  initdb --pgdata="$new" --username=postgres --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  printf '\nhost all all all scram-sha-256\n' >> "$new/pg_hba.conf"
  sync
  mv -T "$new" "$PGDATA"
fi
bring_accounts() {
  export OWNER="$(cat "$1/owner")" DATABASE="$(cat "$1/database")"
  export LOGIN="$(cat "$1/username")" PASSWORD="$(cat "$1/password")"
  export RETIRED="$(cat "$1/retired" 2>/dev/null)"
  psql --quiet --no-psqlrc --tuples-only --username=postgres --dbname=postgres \
    --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse --file=- 2>&1 <<'SQL'
SET log_min_error_statement = panic;
\getenv owner OWNER
\getenv database DATABASE
\getenv login LOGIN
\getenv password PASSWORD
\getenv retired RETIRED
SELECT DISTINCT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'owner', :'login']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT unnest(ARRAY[format('GRANT %I TO %I', :'owner', :'login'),
   format('ALTER ROLE %I SET role = %L', :'login', :'owner')]) WHERE :'login' <> :'owner' \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
ALTER ROLE :"login" LOGIN PASSWORD :'password';
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE rolname = :'retired' \gexec
SQL
}
follow_secret() {
  known='' pause=0.1
  while sleep "$pause"; do
    found=$(readlink "$SECRET/..data") && [ "$found" != "$known" ] || continue
    if trouble=$(bring_accounts "$SECRET/$found"); then
      known=$found pause=2
    elif pg_isready --quiet; then
      echo "the accounts are not as the Secret says: $trouble" >&2
      pause=2
    fi
  done
}
follow_secret &
exec docker-entrypoint.sh postgres -c listen_addresses='*'
""".strip()

ANSWERS: Final = ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres"]


def build_stateful_set(vault: MediaVault, database: ManagedDatabase, *, replicas: int) -> Manifest:
    """The database's StatefulSet; its claim is mounted by name, so deleting the set touches no data."""
    name = names.database(vault.name)
    selector = names.selector(vault.name, names.DATABASE)
    volumes = [
        pod.claim_volume("data", names.database(vault.name)),
        pod.database_secret_volume(vault),
        pod.scratch_volume("run", "16Mi"),
        pod.scratch_volume("tmp", "1Gi"),
    ]
    return with_template(
        manifest(vault, api="apps/v1", kind="StatefulSet", name=name, component=names.DATABASE),
        {
            "replicas": replicas,
            "serviceName": name,
            # With one pod there is no order to keep, and a broken pod is replaced without help.
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": pod.metadata(vault, names.DATABASE, {}),
                "spec": {
                    **pod.pod_spec(vault, user=POSTGRES_ID, grace_seconds=GRACE_SECONDS),
                    "containers": [_postgres(vault, database)],
                    "volumes": volumes,
                },
            },
        },
    )


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
            {"name": "SECRET", "value": f"{pod.SECRETS_ROOT}/database"},
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
