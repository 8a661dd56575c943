"""Waiting for what a level-based system brings about in its own time."""

import time
from collections.abc import Callable
from typing import TypeVar

from playing.api import Api, Object

T = TypeVar("T")


def until(look: Callable[[], T], *, seconds: float = 30, what: str = "", pause: float = 0.05) -> T:
    """What `look` returns as soon as that is truthy; fails with the last it returned.

    A look that costs much wants a longer `pause` before the next.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what or look} (last: {found!r})")
        time.sleep(pause)


def condition(api: Api, name: str, kind: str) -> Object:
    """A condition of a MediaVault, empty where it has none of that type."""
    return _condition_of(api.get("MediaVault", name), kind)


def _condition_of(vault: Object | None, kind: str) -> Object:
    conditions = (vault or {}).get("status", {}).get("conditions", ())
    return next((each for each in conditions if each["type"] == kind), {})


def until_ready(api: Api, name: str, *, seconds: float = 30) -> Object:
    """The MediaVault, once Ready for its present generation."""

    def ready() -> Object | None:
        vault = api.get("MediaVault", name)
        found = _condition_of(vault, "Ready")
        current = vault is not None and found.get("observedGeneration") == vault["metadata"]["generation"]
        return vault if current and found["status"] == "True" else None

    return until(ready, seconds=seconds, what=f"{name} is Ready; now {api.get('MediaVault', name)}") or {}
