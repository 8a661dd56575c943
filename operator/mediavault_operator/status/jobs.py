"""What is to be said of a Job that did not do its work."""

from collections.abc import Iterable

from mediavault_operator.observed import Object, true_condition
from mediavault_operator.outcome import report_of


def failure_of(job: Object | None, pods: Iterable[Object], *, container: str) -> str | None:
    """Why a Job has failed, None where it has not: in the words of the command in `container` of the first of
    `pods` that left some, else in the Job's own.
    """
    failed = true_condition(job, "Failed")
    if failed is None:
        return None
    told = (report_of(pod, container).get("error") for pod in pods)
    return str(next(filter(None, told), None) or failed.get("message") or failed.get("reason") or "")
