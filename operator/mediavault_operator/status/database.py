"""The database: PostgreSQL of the vault's own, one elsewhere, or a file beside the media."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import name_of, prepare_exit, prepare_report
from mediavault_operator.spec import EmbeddedDatabase, ExternalDatabase, ManagedDatabase
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.growth import growing
from mediavault_operator.status.pods import live_pods, pods_of
from mediavault_operator.status.refused import Place, refused
from mediavault_operator.status.storage import claim_finding

UNREACHABLE: Final = 3


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


def _prepare_reached_it(view: View) -> Finding | None:
    pods = live_pods(view, names.MIGRATE)
    if not pods or (view.done is not None and view.done.template == view.template):
        return None
    ended = next((pod for pod in pods if prepare_exit(pod) is not None), None)
    if ended is None or prepare_exit(ended) != UNREACHABLE:
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
    _prepare_reached_it,
)


def database_is_fine(view: View) -> Finding:
    """What to say of a database that nothing is known to be wrong with."""
    database = view.vault.database
    if isinstance(database, EmbeddedDatabase):
        return fine("Embedded", "the database is a file beside the media")
    if isinstance(database, ExternalDatabase):
        return fine("External", f"the database is the one that Secret {database.secret_name} names")
    if on_its_way := growing(view.observed.database_claim):
        return fine("Growing", f"PostgreSQL answers; its claim {on_its_way}")
    return fine("Answers", f"PostgreSQL answers at {names.database(view.vault.name)}:5432")
