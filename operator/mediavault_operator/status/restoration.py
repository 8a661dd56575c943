"""The backup that a new vault begins with."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import is_complete, name_of
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.jobs import failure_of
from mediavault_operator.status.pods import live_pods, pods_of


def _is_done(view: View) -> bool:
    return bool(view.observed.restored) or is_complete(view.observed.restore_job)


def _backup_can_be_used(view: View) -> Finding | None:
    source = view.observed.source
    if _is_done(view) or source is None or source.trouble is None or view.observed.restore_job is not None:
        return None
    reason, message = source.trouble
    return Finding(reason=reason, message=message, level=Level.WAITING if source.waits else Level.FAILING)


def _job_did_not_fail(view: View) -> Finding | None:
    job = view.observed.restore_job
    said = failure_of(job, live_pods(view, names.RESTORE), container=names.BACKUP_CONTAINER)
    if job is None or said is None or _is_done(view):
        return None
    message = (
        f"the backup was not restored: {said}. Mend the cause, then have it tried again: "
        f"kubectl delete job {name_of(job)} -n {view.vault.namespace}"
    )
    return Finding(reason="RestoreFailed", message=message, level=Level.STALLED)


def _pods_do_their_work(view: View) -> Finding | None:
    return None if _is_done(view) else pods_of(names.RESTORE)(view)


def _job_is_complete(view: View) -> Finding | None:
    if _is_done(view):
        return None
    return waiting("Restoring", "database and files are being brought from the backup")


RESTORATION_CHECKS: Final[tuple[Check, ...]] = (
    _backup_can_be_used,
    _job_did_not_fail,
    _pods_do_their_work,
    _job_is_complete,
)


def restoration_is_fine(view: View) -> Finding:
    """What to say of a vault that has what it was to begin with."""
    bootstrap = view.vault.bootstrap
    name = "" if bootstrap is None else f"{bootstrap.namespace}/{bootstrap.name}"
    return fine("Restored", f"the vault began with the backup {name}")


def remembered(view: View) -> dict[str, str] | None:
    """What `status.restored` keeps, so that a Job that is gone is not run again."""
    if view.observed.restored:
        return dict(view.observed.restored)
    if view.vault.bootstrap is None or not is_complete(view.observed.restore_job):
        return None
    source = view.observed.source
    told = {"backup": view.vault.bootstrap.name, "snapshot": source.snapshot if source else ""}
    return {key: value for key, value in told.items() if value}
