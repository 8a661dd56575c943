"""The migration of the database to the wanted image, or the trial of what will migrate it."""

from dataclasses import replace
from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import Object, name_of
from mediavault_operator.outcome import PrepareExit, prepare_exit
from mediavault_operator.spec import EmbeddedDatabase
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.jobs import failure_of
from mediavault_operator.status.pods import live_pods, pods_of
from mediavault_operator.status.refused import Place, pods_refused, refused

PATIENCE: Final = 30.0
_NO_ROOM: Final = ("QuotaExceeded", "Unschedulable")
_MAKE_ROOM: Final = (
    "; where there is no room beside them, set spec.suspend, and unset it when they have ended"
)


def _job(view: View) -> Object | None:
    if view.template is None:
        return None
    name = names.migration_job(view.vault.name, view.template)
    return next((job for job in view.observed.jobs if name_of(job) == name), None)


def _is_trial(view: View) -> bool:
    """Whether the Job only tries what the pods of an embedded vault are going to do themselves."""
    return isinstance(view.vault.database, EmbeddedDatabase)


def _is_done(view: View) -> bool:
    if _is_trial(view):
        return view.template is None
    return view.done is not None and view.done.template == view.template


def _job_did_not_fail(view: View) -> Finding | None:
    job, pods = _job(view), live_pods(view, names.MIGRATE)
    said = failure_of(job, pods, container=names.PREPARE_CONTAINER)
    if job is None or said is None:
        return None
    image = view.vault.image
    failed = (
        f"the trial of {image} failed" if _is_trial(view) else f"the database was not migrated to {image}"
    )
    what = f"{failed}: {said}. {_what_serves(view)}"
    if any(prepare_exit(pod) == PrepareExit.RELEASE_UNSUPPORTED for pod in pods):
        return Finding(reason="ReleaseUnsupported", message=what, level=Level.STALLED)
    message = (
        f"{what}, or mend the cause and have it tried again: "
        f"kubectl delete job {name_of(job)} -n {view.vault.namespace}"
    )
    return Finding(reason="MigrationFailed", message=message, level=Level.STALLED)


def _what_serves(view: View) -> str:
    """What is there meanwhile, and what brings it back."""
    image = _image_of_before(view)
    if not image:
        return "Nothing has served yet: name another image in spec.image"
    if image == view.vault.image:
        return "The pods of before go on serving"
    return f"The pods of before go on serving: to go back, set spec.image to {image}"


def _image_of_before(view: View) -> str:
    if not _is_trial(view):
        return view.done.image if view.done else ""
    pod = (view.observed.deployment or {}).get("spec", {}).get("template", {}).get("spec", {})
    images = (str(each.get("image")) for each in pod.get("containers") or ())
    return next(images, "")


def _pods_do_their_work(view: View) -> Finding | None:
    return None if _is_done(view) else _meanwhile(pods_of(names.MIGRATE)(view), view)


def _meanwhile(cause: Finding | None, view: View) -> Finding | None:
    """A cause for which a Job does not come to its end, with what serves until it does."""
    if cause is None or cause.level is not Level.FAILING or not _image_of_before(view):
        return cause
    room = _MAKE_ROOM if cause.reason in _NO_ROOM else ""
    return replace(cause, message=f"{cause.message.rstrip('.')}. {_what_serves(view)}{room}")


def _job_is_complete(view: View) -> Finding | None:
    if _is_done(view):
        return None
    job = _job(view)
    if job is None:
        return waiting("Waiting", "the migration begins when the database is known and no other one runs")
    if (why := _has_no_pod(view, job)) is not None:
        return _meanwhile(why, view)
    if _is_trial(view):
        message = f"Job {name_of(job)} tries {view.vault.image}, and the pods of before serve until it has"
        return waiting("Trying", message)
    return waiting("Migrating", f"Job {name_of(job)} migrates the database to {view.vault.image}")


def _has_no_pod(view: View, job: Object) -> Finding | None:
    if live_pods(view, names.MIGRATE):
        return None
    if (why := pods_refused(view, job)) is not None:
        return why
    if view.age(job) <= PATIENCE:
        return None
    message = f"Job {name_of(job)} has no pod: kubectl describe job {name_of(job)} says why"
    return Finding(reason="NoPod", message=message)


MIGRATION_CHECKS: Final[tuple[Check, ...]] = (
    refused(Place.MIGRATION),
    _job_did_not_fail,
    _pods_do_their_work,
    _job_is_complete,
)


def migration_is_fine(view: View) -> Finding:
    """What to say of a database that is at the wanted image's version."""
    if _is_trial(view):
        return fine("InEachPod", "each pod migrates the database before it serves")
    version = f" (version {view.done.version})" if view.done and view.done.version else ""
    if view.done and view.done.newest:
        message = (
            f"{view.vault.image}{version} still understands the database of the newer {view.done.newest}"
        )
        return fine("WentBack", message)
    return fine("Migrated", f"the database fits {view.vault.image}{version}")
