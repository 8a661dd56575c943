"""A kubelet and a provisioner that only say so: pods run or end well, claims get a volume."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from kubernetes import client

from playing.api import Api, Object

PERIOD = 0.1
SNAPSHOT = "5" * 64
_TAKEN = {"size": 2000, "added": 1000, "files": 2, "missing": 0}
# What pods that end say last, with the code that they end with.
_WELL: dict[str, tuple[int, Object]] = {
    "migrate": (0, {"version": "1.0", "applied": 3}),
    "backup": (0, _TAKEN),
}
_ILL: dict[str, tuple[int, Object]] = {
    "migrate": (1, {"error": "no such table: folders"}),
    "backup": (2, {"error": "the key does not open it", "reason": "WrongKey"}),
}


class Kubelet:
    """Plays its part in one namespace, from `with` to the end of it.

    `migrates` and `backs_up` say whether the next pod of that kind ends well; `runs` whether others become
    ready. `snapshot` is the id of the next snapshot, the only one that is kept.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self.migrates: Callable[[], bool] = lambda: True
        self.backs_up: Callable[[], bool] = lambda: True
        self.runs: Callable[[], bool] = lambda: True
        self.snapshot: Callable[[], str] = lambda: SNAPSHOT

    def __enter__(self) -> "Kubelet":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _play(self) -> None:
        while not self._over.wait(PERIOD):
            for act, things in ((self._bind, "PersistentVolumeClaim"), (self._run, "Pod")):
                for thing in self._api.list(things):
                    _unless_gone(act, thing)

    def _bind(self, claim: Object) -> None:
        if claim["status"].get("phase") != "Pending" or claim["spec"].get("volumeName"):
            return
        metadata = claim["metadata"]
        body = {
            "metadata": {"name": f"{metadata['namespace']}-{metadata['name']}-{metadata['uid'][:8]}"},
            "spec": {
                "capacity": claim["spec"]["resources"]["requests"],
                "accessModes": claim["spec"]["accessModes"],
                "storageClassName": claim["spec"].get("storageClassName", ""),
                "persistentVolumeReclaimPolicy": "Retain",
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    **{name: metadata[name] for name in ("namespace", "name", "uid")},
                },
                "hostPath": {"path": "/nowhere"},
            },
        }
        self._api.create_volume(body)

    def _run(self, pod: Object) -> None:
        if pod["status"].get("phase") != "Pending" or "deletionTimestamp" in pod["metadata"]:
            return
        name = pod["metadata"]["name"]
        component = pod["metadata"]["labels"].get("app.kubernetes.io/component")
        ends = {"migrate": self.migrates, "backup": self.backs_up}.get(component)
        if ends is not None:
            code, report = (_WELL if ends() else _ILL)[component]
            if report is _TAKEN:
                snapshot = self.snapshot()
                report = {**report, "snapshot": snapshot, "kept": snapshot[:8]}
            self._api.patch_status("Pod", name, _ended(pod, code, report))
        elif self.runs():
            self._api.patch_status("Pod", name, _ready(pod))


def _unless_gone(act: Callable[[Object], None], thing: Object) -> None:
    try:
        act(thing)
    except client.ApiException as error:
        if error.status not in (404, 409):
            raise


def _ready(pod: Object) -> Object:
    started = {"running": {"startedAt": _now()}}
    return {
        "phase": "Running",
        "startTime": _now(),
        "conditions": [_condition("Initialized"), _condition("ContainersReady"), _condition("Ready")],
        "containerStatuses": [_container(each, started, ready=True) for each in pod["spec"]["containers"]],
    }


def _ended(pod: Object, code: int, report: Object) -> Object:
    end = {
        "exitCode": code,
        "reason": "Error" if code else "Completed",
        "message": json.dumps(report),
        "startedAt": _now(),
        "finishedAt": _now(),
    }
    return {
        "phase": "Failed" if code else "Succeeded",
        "startTime": _now(),
        "containerStatuses": [
            _container(each, {"terminated": end}, ready=False) for each in pod["spec"]["containers"]
        ],
    }


def _container(spec: Object, state: dict[str, Any], *, ready: bool) -> Object:
    return {
        "name": spec["name"],
        "image": spec["image"],
        "imageID": "sha256:0",
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "state": state,
    }


def _condition(kind: str) -> Object:
    return {"type": kind, "status": "True", "lastTransitionTime": _now()}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
