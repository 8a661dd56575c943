"""The worker of a web pod: the app's own image, which examines what uploads left for later."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.spec import MediaVault, Resources

COMMAND: Final = ("python", "manage.py", "work")
HEARTBEAT: Final = "/tmp/worker"  # noqa: S108 - a volume of the pod's own
# Beyond the longest examination, before and after which the worker touches its heartbeat.
SILENT_MINUTES: Final = 15
# One decoding at a time, whose child may have half a GiB of addresses; films have some more.
RESOURCES: Final = Resources(requests=(("cpu", "20m"), ("memory", "64Mi")), limits=(("memory", "1Gi"),))


def worker_container(vault: MediaVault, *, image: str, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    """The worker, in the web pod as only one node may have the media; `mounts` are the web container's."""
    return {
        **pod.container(vault, name=names.WORKER_CONTAINER, image=image, resources=RESOURCES),
        "command": [*COMMAND, "--heartbeat", HEARTBEAT],
        "env": pod.app_environment(vault),
        "volumeMounts": mounts,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "livenessProbe": {
            "exec": {"command": _alive()},
            "periodSeconds": 60,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
    }


def _alive() -> list[str]:
    # find tells of an old heartbeat by failing, and of a missing one too.
    return ["find", HEARTBEAT, "-mmin", f"+{SILENT_MINUTES}", "-exec", "false", "{}", "+"]
