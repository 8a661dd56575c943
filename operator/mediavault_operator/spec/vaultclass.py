"""A MediaVaultClass: what the platform decides for the vaults that name it, and how a change reaches them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.spec.bounds import Bounds, parse_bounds
from mediavault_operator.spec.model import Defaults, InvalidSpec, Problem
from mediavault_operator.spec.parse import parse
from mediavault_operator.spec.reading import Reader
from mediavault_operator.spec.resolve import Layer, filled

SHARE: Final = r"^([1-9][0-9]?|100)%$"
MOST_AT_ONCE: Final = 10_000
DEADLINE_MAX: Final = 24 * 3600
_EXAMPLE: Final = {"name": "name", "namespace": "namespace"}


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """How many vaults a change of the class reaches at once, and the seconds that each may take."""

    most_at_once: str = "10%"
    deadline: int = 600

    def bound(self, total: int) -> int:
        """The number that `most_at_once` means among `total` vaults: at least one."""
        if self.most_at_once.endswith("%"):
            return max(1, total * int(self.most_at_once[:-1]) // 100)
        return int(self.most_at_once)


@dataclass(frozen=True, kw_only=True)
class VaultClass:
    """One class. `revision` changes with everything that may roll a vault, and with nothing else."""

    name: str
    generation: int
    defaults: Layer
    revision: str
    bounds: Bounds
    rollout: Rollout

    def layer(self, *, name: str, namespace: str) -> Layer:
        """What lies under the spec of the vault of this name."""
        return filled(self.defaults, name=name, namespace=namespace)


def parse_class(body: Mapping[str, Any], *, defaults: Defaults) -> VaultClass:
    """The class that a resource describes; raises `InvalidSpec` with every problem found."""
    problems: list[Problem] = []
    metadata = body["metadata"]
    spec = Reader(body.get("spec"), path="spec", problems=problems)
    layer = spec.section("defaults").values
    parsed = VaultClass(
        name=metadata["name"],
        generation=int(metadata.get("generation") or 0),
        defaults=layer,
        revision=_revision(layer, defaults),
        bounds=parse_bounds(spec.section("limits")),
        rollout=_rollout(spec.section("rollout")),
    )
    problems += _problems_of(layer, defaults)
    if problems:
        raise InvalidSpec(tuple(problems))
    return parsed


def is_default(body: Mapping[str, Any]) -> bool:
    """Whether a class is marked to serve the vaults that name none."""
    annotations = body["metadata"].get("annotations") or {}
    return bool(annotations.get(names.DEFAULT_CLASS_ANNOTATION) == "true")


def _revision(layer: Layer, defaults: Defaults) -> str:
    # What is built in is decided by the operator's settings, whose change rolls vaults as a class's does.
    built_in = [defaults.image, defaults.database_image, defaults.image_pull_policy.value]
    text = json.dumps([layer, built_in], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _problems_of(layer: Layer, defaults: Defaults) -> list[Problem]:
    """What is wrong with the class's own decisions, as they would be found in a vault that adds nothing."""
    body = {"metadata": {"name": "name", "namespace": "namespace"}, "spec": {}}
    try:
        parse(body, defaults=defaults, layer=filled(layer, **_EXAMPLE))
    except InvalidSpec as invalid:
        found = ((each.field.replace("spec", "spec.defaults", 1), each.message) for each in invalid.problems)
        return [Problem(field=field, message=message) for field, message in found]
    return []


def _rollout(section: Reader) -> Rollout:
    written = section.either("maxConcurrent", pattern=SHARE, least=1, most=MOST_AT_ONCE)
    deadline = section.whole("progressDeadlineSeconds", least=1, most=DEADLINE_MAX)
    return Rollout(most_at_once=written or Rollout.most_at_once, deadline=deadline or Rollout.deadline)
