"""The database: PostgreSQL of the vault's own, one elsewhere, or a file beside the media."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import name_of
from mediavault_operator.outcome import PrepareExit, prepare_exit, prepare_report
from mediavault_operator.spec import EmbeddedDatabase, ExternalDatabase, ManagedDatabase, SharedDatabase
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.growth import growing
from mediavault_operator.status.pods import live_pods, pods_of
from mediavault_operator.status.refused import Place, pods_refused, refused
from mediavault_operator.status.storage import claim_finding

_KEYS: Final = "the keys host, username and password"


def _claim_is_usable(view: View) -> Finding | None:
    if not isinstance(view.vault.database, ManagedDatabase):
        return None
    found = claim_finding(view.observed.database_claim, view)
    # A claim may wait for its first pod: what the pod says comes before, unless the claim is beyond help.
    return found if found and found.level is not Level.WAITING else None


def _claim_is_bound(view: View) -> Finding | None:
    if not isinstance(view.vault.database, ManagedDatabase):
        return None
    return claim_finding(view.observed.database_claim, view)


def _pods_do_their_work(view: View) -> Finding | None:
    return None if answers(view) else pods_of(names.DATABASE)(view)


def answers(view: View) -> bool:
    """Whether the managed database has a pod that is ready."""
    return bool((view.observed.stateful_set or {}).get("status", {}).get("readyReplicas"))


def _server_is_as_asked(view: View) -> Finding | None:
    found = view.observed.stateful_set
    if found is None or not isinstance(view.vault.database, ManagedDatabase):
        return None
    status = found.get("status", {})
    observed = int(status.get("observedGeneration") or 0)
    current = status.get("updateRevision") == status.get("currentRevision")
    if current and observed >= int(found.get("metadata", {}).get("generation") or 0):
        return None
    return waiting("Restarting", f"pod {name_of(found)}-0 is being replaced by one as the spec asks for")


def _server_answers(view: View) -> Finding | None:
    if not isinstance(view.vault.database, ManagedDatabase):
        return None
    found = view.observed.stateful_set
    if found is None:
        return waiting("Creating", "the database's StatefulSet is about to be made")
    status, name = found.get("status", {}), names.database(view.vault.name)
    if answers(view):
        return None
    if not status.get("replicas") and (why := pods_refused(view, found)) is not None:
        return why
    if not status.get("replicas") and view.age(found) > 30:
        message = f"StatefulSet {name} has made no pod: kubectl describe statefulset {name} says why"
        return Finding(reason="NoPod", message=message)
    return waiting("Starting", f"PostgreSQL in pod {name}-0 does not answer yet")


def _secret_names_it(view: View) -> Finding | None:
    database, secret = view.vault.database, view.observed.referenced_secret
    if not isinstance(database, ExternalDatabase):
        return None
    place = f"Secret {database.secret_name} in namespace {view.vault.namespace}"
    if secret is None or not secret.found:
        message = f"there is no {place}: make it with the database's URL under the key {database.key}"
        return Finding(reason="SecretNotFound", message=message)
    if not secret.has_key:
        message = f"the {place} has nothing under the key {database.key}: put the database's URL there"
        return Finding(reason="SecretKeyMissing", message=message)
    return None


def _shared_server_is_known(view: View) -> Finding | None:
    database, server = view.vault.database, view.observed.shared_server
    if not isinstance(database, SharedDatabase):
        return None
    place = f"Secret {database.admin_secret} in namespace {database.admin_namespace}"
    if server is not None and server.forbidden:
        message = (
            f"the operator may not read the {place}: name it in the chart's classes.serverSecrets, or bind a "
            "Role to the operator's service account"
        )
        return Finding(reason="SecretForbidden", message=message)
    if server is None or not server.found:
        message = f"there is no {place}: make it with {_KEYS} of an admin of the shared server"
        return Finding(reason="SecretNotFound", message=message)
    if server.missing:
        message = f"the {place} lacks {', '.join(server.missing)}: it needs {_KEYS}"
        return Finding(reason="SecretKeyMissing", message=message)
    return None


def _database_stands_on_it(view: View) -> Finding | None:
    server = view.observed.shared_server
    if server is None or (server.stands and not server.trouble):
        return None
    name = names.shared_database(view.vault.namespace, view.vault.name)
    if server.reason == "NameTaken":
        message = (
            f"{server.trouble}: it is left alone. Put the password that opens it under the key password of "
            f"Secret {names.database_secret(view.vault.name)}, or drop role and database {name}"
        )
        return Finding(reason="NameTaken", message=message, level=Level.STALLED)
    if server.reason == "DatabaseMissing":
        message = (
            f"{server.trouble}, where this vault's data were: name the Secret of the server that has it, or "
            "restore it there; an empty one is made for a new MediaVault only"
        )
        return Finding(reason="DatabaseMissing", message=message, level=Level.STALLED)
    if server.trouble:
        return Finding(reason="Unreachable", message=f"the shared server: {server.trouble}")
    return waiting("Creating", f"role and database {name} are about to be made on the shared server")


def _prepare_reached_it(view: View) -> Finding | None:
    pods = live_pods(view, names.MIGRATE)
    if not pods or (view.done is not None and view.done.template == view.template):
        return None
    ended = next((pod for pod in pods if prepare_exit(pod) is not None), None)
    if ended is None or prepare_exit(ended) != PrepareExit.DATABASE_UNREACHABLE:
        return None
    said = prepare_report(ended).get("error") or "The database cannot be reached"
    return Finding(reason="Unreachable", message=str(said))


DATABASE_CHECKS: Final[tuple[Check, ...]] = (
    _claim_is_usable,
    refused(Place.DATABASE),
    _pods_do_their_work,
    _claim_is_bound,
    _server_answers,
    _server_is_as_asked,
    _secret_names_it,
    _shared_server_is_known,
    _database_stands_on_it,
    _prepare_reached_it,
)


def database_is_fine(view: View) -> Finding:
    """What to say of a database that nothing is known to be wrong with."""
    database = view.vault.database
    if isinstance(database, EmbeddedDatabase):
        return fine("Embedded", "the database is a file beside the media")
    if isinstance(database, ExternalDatabase):
        return fine("External", f"the database is the one that Secret {database.secret_name} names")
    if isinstance(database, SharedDatabase):
        name = names.shared_database(view.vault.namespace, view.vault.name)
        return fine("Shared", f"the database is {name} on the server of Secret {database.admin_secret}")
    if on_its_way := growing(view.observed.database_claim):
        return fine("Growing", f"PostgreSQL answers; its claim {on_its_way}")
    return fine("Answers", f"PostgreSQL answers at {names.database(view.vault.name)}:5432")
