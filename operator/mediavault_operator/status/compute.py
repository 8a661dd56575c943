"""From what was seen to the status: a chain of checks per part, then one judgement over all parts."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mediavault_operator import names
from mediavault_operator.observed import Observed, migrated
from mediavault_operator.outcome import prepare_report
from mediavault_operator.spec import EmbeddedDatabase, MediaVault, Problem, Refusal, effective
from mediavault_operator.status.address import url
from mediavault_operator.status.conditions import Condition, condition, find, settled
from mediavault_operator.status.finding import Finding, Level, View, fine, first_finding
from mediavault_operator.status.parts import MIGRATED, parts_of
from mediavault_operator.status.pause import PAUSED
from mediavault_operator.status.pods import live_pods
from mediavault_operator.status.refused import conflicts
from mediavault_operator.status.restoration import remembered
from mediavault_operator.status.route import missing_kinds
from mediavault_operator.status.saying import Sayer
from mediavault_operator.status.workload import replicas_wanted, workload_is_fine
from mediavault_operator.usage import usage_told


def compute_status(
    vault: MediaVault,
    observed: Observed,
    *,
    template: str | None,
    previous: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """The whole status of a vault; `template` is the wanted migration's, `previous` the status of before."""
    # What an embedded database has come to, only its pods know: a Job is no more than their trial.
    done = None if isinstance(vault.database, EmbeddedDatabase) else migrated(observed)
    view = View(vault=vault, observed=observed, template=template, done=done, now=now)
    found = {
        part.condition: first_finding(part.checks, view) or part.otherwise(view) for part in parts_of(vault)
    }
    worst = max(found, key=lambda kind: found[kind].level)
    status = {
        "observedGeneration": vault.generation,
        "phase": _phase(view, worst, found[worst].level, previous),
        "conditions": settled(_conditions(view, found, found[worst]), previous),
        "url": url(view),
        "version": _version(view) or previous.get("version"),
        "selector": names.selector_text(vault.name, names.WEB),
        **_counts(observed),
        "effective": effective(vault),
        "migration": _migration(view),
        "restored": remembered(view),
        "usage": usage_told(previous.get("usage"), observed.usage),
    }
    return {key: value for key, value in status.items() if value is not None}


def refused_status(
    *,
    generation: int,
    problems: tuple[Problem, ...],
    serving: Mapping[str, Any],
    previous: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """The status of a vault whose spec is refused.

    `serving` is the status of the last valid spec, which goes on being served; empty where there is none,
    and then what was known of the parts stays as it was.
    """
    message = "; ".join(map(str, problems))
    if serving:
        message = f"{message}. The last valid spec goes on being served"
    judged = [
        condition(kind, holds, reason=problems[0].reason, message=message, generation=generation, now=now)
        for kind, holds in (("Ready", False), ("Stalled", True), ("Degraded", True))
    ]
    known = serving or previous
    kept = [dict(each) for each in known.get("conditions") or () if each.get("type") not in _AS_A_WHOLE]
    return {
        **known,
        "observedGeneration": generation,
        "phase": "Degraded" if serving else "Failed",
        "conditions": settled([*judged, *kept], previous),
    }


def is_refused(status: Mapping[str, Any]) -> bool:
    """Whether a status is that of a vault whose spec was refused."""
    return (find(status, "Stalled") or {}).get("reason") in set(Refusal)


_AS_A_WHOLE = frozenset({"Ready", "Reconciling", "Stalled", "Degraded", PAUSED})


def _phase(view: View, worst: str, level: Level, previous: Mapping[str, Any]) -> str:
    if level is Level.STALLED:
        return "Failed"
    if view.vault.suspend and level is not Level.FAILING:
        return "Suspending" if level is Level.WAITING else "Suspended"
    if level is Level.FAILING:
        return "Degraded"
    return _waiting_phase(view, worst, previous) if level is Level.WAITING else "Running"


def _waiting_phase(view: View, worst: str, previous: Mapping[str, Any]) -> str:
    if worst == MIGRATED.condition:
        return "Migrating"
    if _is_update(view, previous):
        return "Updating"
    return "Pending" if view.observed.service is None else "Provisioning"


def _is_update(view: View, previous: Mapping[str, Any]) -> bool:
    """Whether there were pods before, which is why the vault may still serve."""
    if view.observed.deployment is None:
        return False
    annotations = view.observed.deployment["metadata"].get("annotations") or {}
    earlier = annotations.get("deployment.kubernetes.io/revision", "1") != "1"
    return earlier or previous.get("phase") in ("Running", "Updating", "Degraded")


def _conditions(view: View, found: Mapping[str, Finding], worst: Finding) -> list[Condition]:
    sayer = Sayer(generation=view.vault.generation, now=view.now)
    say = sayer.say
    blocked, degraded = worst.level > Level.NOTED, worst.level >= Level.FAILING
    result = [say("Ready", not blocked, worst if blocked else _all_is_well(view)), *sayer.ahead(worst)]
    nothing = fine("AsExpected", "nothing is known to be wrong")
    result.append(say("Degraded", degraded, worst if degraded else nothing))
    taken = conflicts(view)
    if taken is not None:
        result.append(say("Conflict", True, taken))
    if view.observed.drift:
        result.append(say("Drifted", True, _drift(view)))
    if (missing := missing_kinds(view)) is not None:
        result.append(say("Incomplete", True, missing))
    return result + [say(kind, finding.level is Level.FINE, finding) for kind, finding in found.items()]


def _drift(view: View) -> Finding:
    added = ", ".join(view.observed.drift)
    return fine("ChangedByOthers", f"others have added to the vault's objects, which is left alone: {added}")


def _all_is_well(view: View) -> Finding:
    if view.vault.suspend:
        return fine("Suspended", "the vault is suspended: set spec.suspend to false to start it")
    if replicas_wanted(view.observed.deployment) == 0:
        return workload_is_fine(view)
    return fine("Serving", f"the vault serves at {url(view)}")


def _counts(observed: Observed) -> dict[str, int]:
    status = (observed.deployment or {}).get("status", {})
    return {
        "replicas": int(status.get("replicas") or 0),
        "readyReplicas": int(status.get("readyReplicas") or 0),
    }


def _version(view: View) -> str:
    if view.done is not None:
        return view.done.version
    reports = (prepare_report(pod) for pod in live_pods(view, names.WEB))
    return next((str(report["version"]) for report in reports if report.get("version")), "")


def _migration(view: View) -> dict[str, str] | None:
    done = view.done
    if done is None:
        return None
    return {key: value for key, value in asdict(done).items() if value}
