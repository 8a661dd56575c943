"""Keeps collections of the API server as they are now, and wakes whoever works on them."""

import http.client
import json
import threading
import time

from launcher.kube import Api, ApiError, Object

_PAUSE = 1.0


class Watched:
    """All objects of one collection, kept current by a thread of its own that sets `changed`."""

    def __init__(self, api: Api, path: str, changed: threading.Event) -> None:
        self._api = api
        self._path = path
        self._changed = changed
        self._objects: dict[str, Object] = {}
        self._lock = threading.Lock()
        self.complete = threading.Event()
        threading.Thread(target=self._follow, daemon=True, name=path).start()

    def objects(self) -> tuple[Object, ...]:
        """What stands in the collection now."""
        with self._lock:
            return tuple(self._objects.values())

    def _follow(self) -> None:
        while True:
            try:
                version = self._list()
                self._apply_events(version)
            except (OSError, ApiError, http.client.HTTPException, json.JSONDecodeError) as error:
                print(f"{self._path}: {error}", flush=True)
                time.sleep(_PAUSE)

    def _list(self) -> str:
        listed = self._api.get(self._path)
        with self._lock:
            self._objects = {item["metadata"]["uid"]: item for item in listed["items"]}
        self.complete.set()
        self._changed.set()
        return str(listed["metadata"]["resourceVersion"])

    def _apply_events(self, version: str) -> None:
        for event in self._api.watch(self._path, version):
            item = event["object"]
            if event["type"] == "ERROR":
                return
            with self._lock:
                if event["type"] == "DELETED":
                    self._objects.pop(item["metadata"]["uid"], None)
                else:
                    self._objects[item["metadata"]["uid"]] = item
            self._changed.set()
