"""The web pods."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import Object
from mediavault_operator.spec import ManagedDatabase
from mediavault_operator.status.database import answers
from mediavault_operator.status.finding import Check, Finding, View, fine, waiting
from mediavault_operator.status.pods import LONGEST_START, is_ready, live_pods, pods_of
from mediavault_operator.status.refused import Place, pods_not_made, refused


def _deployment_stands(view: View) -> Finding | None:
    if view.observed.deployment is not None:
        return None
    return waiting("Waiting", "the web pods start when the database has been migrated")


def _condition(view: View, kind: str) -> dict[str, str]:
    conditions = (view.observed.deployment or {}).get("status", {}).get("conditions") or ()
    return next((dict(condition) for condition in conditions if condition.get("type") == kind), {})


def _pods_can_be_made(view: View) -> Finding | None:
    failure = _condition(view, "ReplicaFailure")
    if failure.get("status") != "True":
        return None
    said, reason = str(failure.get("message") or ""), failure.get("reason") or "PodsNotMade"
    return pods_not_made("the web pods", said, reason)


def _deployment_is_observed(view: View) -> Finding | None:
    deployment = view.observed.deployment or {}
    seen = int(deployment.get("status", {}).get("observedGeneration") or 0)
    if seen < int(deployment.get("metadata", {}).get("generation") or 0):
        return waiting("RollingOut", "the web pods are about to be changed")
    return None


def _pods_do_their_work(view: View) -> Finding | None:
    return None if _is_rolled_out(view) else pods_of(names.WEB)(view)


def _is_rolled_out(view: View) -> bool:
    wanted, updated = replicas_wanted(view.observed.deployment), _count(view, "updatedReplicas")
    ready, total = _count(view, "readyReplicas"), _count(view, "replicas")
    return updated >= wanted and total <= updated and ready >= wanted


def _count(view: View, key: str) -> int:
    return int((view.observed.deployment or {}).get("status", {}).get(key) or 0)


def _pods_are_ready(view: View) -> Finding | None:
    if _is_rolled_out(view):
        return None
    wanted, ready = replicas_wanted(view.observed.deployment), _count(view, "readyReplicas")
    progress = _condition(view, "Progressing")
    if progress.get("reason") == "ProgressDeadlineExceeded":
        message = f"the new web pods do not become ready: {progress.get('message')}; {_where_to_look(view)}"
        return Finding(reason="RolloutStuck", message=message)
    if _database_is_away(view):
        return waiting("Waiting", f"{ready} of {wanted} web pods are ready: they wait for the database")
    # While the pods of before are still ending, the Deployment calls its last rollout complete.
    complete = (
        progress.get("reason") == "NewReplicaSetAvailable" and _count(view, "updatedReplicas") >= wanted
    )
    if complete and not _pods_have_just_begun(view):
        message = f"{ready} of {wanted} web pods are ready, where all were before: {_where_to_look(view)}"
        return Finding(reason="PodsNotReady", message=message)
    return waiting(
        "RollingOut", f"{min(ready, _count(view, 'updatedReplicas'))} of {wanted} new web pods are ready"
    )


def _database_is_away(view: View) -> bool:
    return isinstance(view.vault.database, ManagedDatabase) and not answers(view)


def _pods_have_just_begun(view: View) -> bool:
    late = [pod for pod in live_pods(view, names.WEB) if not is_ready(pod)]
    return bool(late) and all(view.age(pod) < LONGEST_START for pod in late)


def _where_to_look(view: View) -> str:
    pods = [pod["metadata"]["name"] for pod in live_pods(view, names.WEB)]
    if not pods:
        return f"kubectl describe deployment {names.deployment(view.vault.name)} says why"
    return f"kubectl describe pod {pods[0]} names the failing check, its /readyz tells the cause"


def replicas_wanted(deployment: Object | None) -> int:
    """How many web pods the Deployment is to keep."""
    replicas = (deployment or {}).get("spec", {}).get("replicas")
    return 1 if replicas is None else int(replicas)


WORKLOAD_CHECKS: Final[tuple[Check, ...]] = (
    refused(Place.WORKLOAD),
    _deployment_stands,
    _pods_can_be_made,
    _pods_do_their_work,
    _deployment_is_observed,
    _pods_are_ready,
)


def workload_is_fine(view: View) -> Finding:
    """What to say of web pods that are all ready."""
    wanted = replicas_wanted(view.observed.deployment)
    if wanted == 0:
        return fine("ScaledToZero", "no web pods are asked for: set spec.replicas to 1 or more to serve")
    return fine("PodsReady", f"{wanted} of {wanted} web pods are ready")
