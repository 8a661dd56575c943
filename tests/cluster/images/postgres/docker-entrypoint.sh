#!/usr/bin/env bash
# Starts PostgreSQL as the official image does: an empty $PGDATA is initialized from POSTGRES_USER, POSTGRES_DB and
# POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE), then the server takes the place of this script.
set -Eeuo pipefail

fail() {
  printf 'docker-entrypoint: %s\n' "$1" >&2
  exit 1
}

read_password() {
  if [[ -n ${POSTGRES_PASSWORD:-} && -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
    fail 'POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set: set one of them'
  fi
  if [[ -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
    POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE")
  fi
  [[ -n ${POSTGRES_PASSWORD:-} ]] || fail 'a new database needs a password: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD'
}

# The server started here answers on the local socket only, so nobody meets a database that is not finished.
initialize() {
  local user=${POSTGRES_USER:-postgres} database
  database=${POSTGRES_DB:-$user}
  # POSTGRES_INITDB_ARGS is a list of words by its contract.
  # shellcheck disable=SC2086
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --options="-c listen_addresses='' -p ${PGPORT:-5432}" start
  if [[ $database != postgres ]]; then
    PGHOST='' PGHOSTADDR='' psql --no-psqlrc --username="$user" --dbname=postgres --set=ON_ERROR_STOP=1 --set=name="$database" \
      <<<'CREATE DATABASE :"name";'
  fi
  pg_ctl --wait --mode=fast stop
}

if [[ ${1:-} == -* ]]; then
  set -- postgres "$@"
fi
if [[ ${1:-} == postgres ]]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" 2>/dev/null || true
  if [[ $(id -u) == 0 ]]; then
    chown --recursive postgres:postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  if [[ ! -s $PGDATA/PG_VERSION ]]; then
    read_password
    initialize
  fi
  unset POSTGRES_PASSWORD
fi
exec "$@"
