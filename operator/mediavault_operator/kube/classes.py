"""The MediaVaultClasses that are known: watched, or given by the operator's settings."""

from collections.abc import Callable, Mapping
from typing import Any

from mediavault_operator.choosing import class_of, default_class
from mediavault_operator.kube.cache import version
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.watch import Scope
from mediavault_operator.spec import Defaults, InvalidSpec, Problem, VaultClass, parse_class


class Classes:
    """The newest state of every class; `on_change` hears of each one whose meaning has changed."""

    def __init__(self, *, defaults: Defaults, on_change: Callable[[str], None]) -> None:
        self._defaults = defaults
        self._on_change = on_change
        self._bodies: dict[str, Body] = {}
        self._parsed: dict[str, VaultClass | tuple[Problem, ...]] = {}
        self._default: str | None = None

    def body(self, name: str) -> Body | None:
        """A class as it was read, None where there is none."""
        return self._bodies.get(name)

    def names(self) -> tuple[str, ...]:
        """Every class."""
        return tuple(self._bodies)

    def parsed(self, name: str) -> VaultClass | tuple[Problem, ...] | None:
        """A class, or all that is wrong with it, or None where there is none."""
        return self._parsed.get(name)

    def of(self, vault: Mapping[str, Any]) -> str | None:
        """The name of a vault's class, whether or not there is such a class; None where it has none."""
        return class_of(vault, self._default)

    def put(self, body: Body) -> None:
        """Take `body` as the newest state; a mere change of its status is no news."""
        name = body["metadata"]["name"]
        known = self._bodies.get(name)
        if known is not None and version(known) >= version(body):
            return
        self._bodies[name] = body
        if known is None or _meaning(known) != _meaning(body):
            self._parse(body)
            self._changed(name)

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:  # noqa: ARG002
        """A LIST."""
        for name in self._bodies.keys() - {obj["metadata"]["name"] for obj in objects}:
            self._drop(name)
        for obj in objects:
            self.put(obj)

    def changed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of the watch."""
        self.put(obj)

    def removed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of the watch."""
        self._drop(obj["metadata"]["name"])

    def _drop(self, name: str) -> None:
        if self._bodies.pop(name, None) is not None:
            del self._parsed[name]
            self._changed(name)

    def _changed(self, name: str) -> None:
        self._default = default_class(self._bodies.values())
        self._on_change(name)

    def _parse(self, body: Body) -> None:
        try:
            parsed: VaultClass | tuple[Problem, ...] = parse_class(body, defaults=self._defaults)
        except InvalidSpec as invalid:
            parsed = invalid.problems
        self._parsed[body["metadata"]["name"]] = parsed


def _meaning(body: Body) -> tuple[Any, ...]:
    metadata = body["metadata"]
    return metadata.get("uid"), body.get("spec"), metadata.get("annotations")
