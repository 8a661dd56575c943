"""Why a pod does not do its work, read from what scheduler and kubelet say about it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from mediavault_operator.observed import Object, component_of, name_of, true_condition
from mediavault_operator.outcome import report_of
from mediavault_operator.status.finding import Check, Finding, View, waiting

IMAGE_REASONS: Final = (
    "ErrImagePull",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "InvalidImageName",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
CONFIG_REASONS: Final = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
BACK_OFF: Final = re.compile(r'^Back-off pulling image "[^"]*": ErrImagePull: ')
LONGEST_START: Final = 60.0
LONGEST_MESSAGE: Final = 600


def live_pods(view: View, component: str) -> tuple[Object, ...]:
    """The pods of one component that are not on their way out, the newest first."""
    found = (
        pod
        for pod in view.observed.pods
        if component_of(pod) == component and not pod.get("metadata", {}).get("deletionTimestamp")
    )
    return newest_first(found)


def newest_first(pods: Iterable[Object]) -> tuple[Object, ...]:
    """The same pods, the youngest first."""
    return tuple(sorted(pods, key=lambda pod: str(pod["metadata"].get("creationTimestamp")), reverse=True))


def is_ready(pod: Object) -> bool:
    """Whether the kubelet calls a pod ready."""
    return true_condition(pod, "Ready") is not None


def pods_of(component: str) -> Check:
    """A check of one component's pods: the first cause found in the newest of them."""

    def check(view: View) -> Finding | None:
        causes = (_cause(pod, view) for pod in live_pods(view, component))
        return next(filter(None, causes), None)

    return check


def _cause(pod: Object, view: View) -> Finding | None:
    if pod.get("status", {}).get("phase") == "Succeeded":
        return None
    return cause_of(pod) or _slow_start(pod, view)


def cause_of(pod: Object) -> Finding | None:
    """Why a pod that has not succeeded does not do its work, None where scheduler and kubelet do not tell."""
    return _unscheduled(pod) or _container_cause(pod)


def _unscheduled(pod: Object) -> Finding | None:
    for condition in pod.get("status", {}).get("conditions") or ():
        unscheduled = condition.get("type") == "PodScheduled" and condition.get("status") == "False"
        if unscheduled and condition.get("reason") == "Unschedulable":
            message = f"no node takes the pod {name_of(pod)}: {_short(condition.get('message'))}"
            return Finding(reason="Unschedulable", message=message)
    return None


def _container_cause(pod: Object) -> Finding | None:
    return next(filter(None, (_of_container(pod, container) for container in containers(pod))), None)


def containers(pod: Object) -> Iterator[dict[str, Any]]:
    """The states of a pod's containers, those that run first before the others."""
    status = pod.get("status", {})
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def _of_container(pod: Object, container: dict[str, Any]) -> Finding | None:
    waits = (container.get("state") or {}).get("waiting") or {}
    reason, said = str(waits.get("reason") or ""), _short(BACK_OFF.sub("", str(waits.get("message") or "")))
    if reason in IMAGE_REASONS:
        message = f"the image {container.get('image')} of pod {name_of(pod)} cannot be had: {said or reason}"
        return Finding(reason="ImagePullFailed", message=message)
    if reason in CONFIG_REASONS:
        message = (
            f"the container {container.get('name')} of pod {name_of(pod)} cannot start: {said or reason}"
        )
        return Finding(reason="ContainerNotStarted", message=message)
    end = ended(container)
    # Until it is ready, a container that runs again is judged by how it ended, so that nothing flaps.
    if end.get("exitCode") and not container.get("ready"):
        return _crash(pod, container, end)
    return None


def ended(container: dict[str, Any]) -> dict[str, Any]:
    """How a container ended last, empty where it never did."""
    states = (container.get("state") or {}, container.get("lastState") or {})
    return next(filter(None, (state.get("terminated") for state in states)), None) or {}


def _crash(pod: Object, container: dict[str, Any], end: dict[str, Any]) -> Finding:
    place = f"the container {container.get('name')} of pod {name_of(pod)}"
    if end.get("reason") == "OOMKilled":
        message = f"{place} was killed for using more memory than its limit: raise the memory limit"
        return Finding(reason="OutOfMemory", message=message)
    report = report_of(pod, str(container.get("name")))
    said = str(report.get("error") or "") or _short(end.get("message"))
    detail = said or f"see kubectl logs {name_of(pod)} -c {container.get('name')} --previous"
    message = f"{place} ended with exit code {end.get('exitCode')}: {detail}"
    return Finding(reason="Crashing", message=message)


def _slow_start(pod: Object, view: View) -> Finding | None:
    if pod.get("status", {}).get("phase") != "Pending" or view.age(pod) < LONGEST_START:
        return None
    message = (
        f"the pod {name_of(pod)} takes long to start: kubectl describe pod {name_of(pod)} names a volume "
        "that cannot be mounted"
    )
    return waiting("SlowStart", message)


def _short(message: object) -> str:
    text = " ".join(str(message or "").split())
    return text if len(text) <= LONGEST_MESSAGE else f"… {text[-LONGEST_MESSAGE:]}"
