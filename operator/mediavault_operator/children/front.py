"""The front of a web pod: nginx from the app's own image, which alone is reached from outside."""

from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.spec import MediaVault, Resources

# The front's and the app's socket stand here; nothing else does.
SOCKET_FOLDER: Final = "/run/mediavault"
SOCKET: Final = f"{SOCKET_FOLDER}/web.sock"
COMMAND: Final = ("python", "-m", "mediavault.front")
# The pod leaves the Service at once, but proxies learn of it a moment later, and connections that are kept
# end by an answer after two seconds (0061).
DRAIN_SECONDS: Final = 5
# It moves bytes from the kernel's cache: what counts against its memory beyond this is given back on demand.
RESOURCES: Final = Resources(requests=(("cpu", "20m"), ("memory", "32Mi")), limits=(("memory", "256Mi"),))


def front_container(vault: MediaVault, *, image: str) -> dict[str, Any]:
    """nginx on the pod's port. It sees no secret, and the media only to read them."""
    return {
        **pod.container(vault, name=names.FRONT_CONTAINER, image=image, resources=RESOURCES),
        "command": [*COMMAND, "serve"],
        "env": pod.variables(("MEDIA_ROOT", pod.MEDIA_ROOT), socket_variable()),
        "ports": [{"name": "http", "containerPort": pod.WEB_PORT, "protocol": "TCP"}],
        "volumeMounts": [
            {"name": "media", "mountPath": pod.MEDIA_ROOT, "readOnly": True},
            socket_mount(),
            {"name": "front", "mountPath": "/tmp"},  # noqa: S108 - a volume of the container's own
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "lifecycle": {"preStop": _run("drain", "--after", str(DRAIN_SECONDS))},
        # That the app answers through it, the app's own probes see.
        "livenessProbe": {
            "tcpSocket": {"port": "http"},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
    }


def outlast_front() -> dict[str, Any]:
    """The lifecycle hook by which the app serves on until its front has ended."""
    return _run("outlast")


def socket_variable() -> tuple[str, str]:
    """The variable that tells both sides of the socket."""
    return ("FRONT_SOCKET", SOCKET)


def socket_mount() -> dict[str, Any]:
    """The mount of the socket's folder."""
    return {"name": "socket", "mountPath": SOCKET_FOLDER}


def front_volumes() -> list[dict[str, Any]]:
    """The socket's folder, and the front's own: in memory, as remembered permissions hold tokens."""
    scratch = pod.scratch_volume("front", "64Mi")
    scratch["emptyDir"]["medium"] = "Memory"
    return [pod.scratch_volume("socket", "1Mi"), scratch]


def _run(*arguments: str) -> dict[str, Any]:
    return {"exec": {"command": [*COMMAND, *arguments]}}
