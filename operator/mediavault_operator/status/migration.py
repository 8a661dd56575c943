"""The migration of the database to the wanted image."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import Object, name_of
from mediavault_operator.outcome import PrepareExit, prepare_exit
from mediavault_operator.spec import EmbeddedDatabase
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.jobs import failure_of
from mediavault_operator.status.pods import live_pods, pods_of
from mediavault_operator.status.refused import Place, pods_refused, refused


def _job(view: View) -> Object | None:
    if view.template is None:
        return None
    name = names.migration_job(view.vault.name, view.template)
    return next((job for job in view.observed.jobs if name_of(job) == name), None)


def _is_done(view: View) -> bool:
    if isinstance(view.vault.database, EmbeddedDatabase):
        return True
    return view.done is not None and view.done.template == view.template


def _job_did_not_fail(view: View) -> Finding | None:
    job, pods = _job(view), live_pods(view, names.MIGRATE)
    said = failure_of(job, pods, container=names.PREPARE_CONTAINER)
    if job is None or said is None:
        return None
    what = f"the database was not migrated to {view.vault.image}: {said}. {_what_serves(view)}"
    if any(prepare_exit(pod) == PrepareExit.RELEASE_UNSUPPORTED for pod in pods):
        return Finding(reason="ReleaseUnsupported", message=what, level=Level.STALLED)
    message = (
        f"{what}, or mend the cause and have it tried again: "
        f"kubectl delete job {name_of(job)} -n {view.vault.namespace}"
    )
    return Finding(reason="MigrationFailed", message=message, level=Level.STALLED)


def _what_serves(view: View) -> str:
    """What is there meanwhile, and what brings it back."""
    if view.done is None:
        return "Nothing has served yet: name another image in spec.image"
    if view.done.image == view.vault.image:
        return "The pods of before go on serving"
    return f"The pods of before go on serving: to go back, set spec.image to {view.done.image}"


def _pods_do_their_work(view: View) -> Finding | None:
    return None if _is_done(view) else pods_of(names.MIGRATE)(view)


def _job_is_complete(view: View) -> Finding | None:
    if _is_done(view):
        return None
    job = _job(view)
    if job is None:
        return waiting("Waiting", "the migration begins when the database is known and no other one runs")
    if live_pods(view, names.MIGRATE):
        return waiting("Migrating", f"Job {name_of(job)} migrates the database to {view.vault.image}")
    if (why := pods_refused(view, job)) is not None:
        return why
    if view.age(job) > 30:
        message = f"Job {name_of(job)} has no pod: kubectl describe job {name_of(job)} says why"
        return Finding(reason="NoPod", message=message)
    return waiting("Migrating", f"Job {name_of(job)} migrates the database to {view.vault.image}")


MIGRATION_CHECKS: Final[tuple[Check, ...]] = (
    refused(Place.MIGRATION),
    _job_did_not_fail,
    _pods_do_their_work,
    _job_is_complete,
)


def migration_is_fine(view: View) -> Finding:
    """What to say of a database that is at the wanted image's version."""
    if isinstance(view.vault.database, EmbeddedDatabase):
        return fine("InEachPod", "each pod migrates the database before it serves")
    version = f" (version {view.done.version})" if view.done and view.done.version else ""
    if view.done and view.done.newest:
        message = (
            f"{view.vault.image}{version} still understands the database of the newer {view.done.newest}"
        )
        return fine("WentBack", message)
    return fine("Migrated", f"the database fits {view.vault.image}{version}")
