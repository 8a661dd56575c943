"""What is tried of a field of the spec, and how a field is found and written."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from crd_cases import Spec


@dataclass(frozen=True, kw_only=True)
class Field:
    """What to try of one field: the first two of `values` differ from each other, the first from nothing
    written as well; further ones are its bounds.

    `base` is what the field stands on. `invalid` values are refused by the API server, `wrong` ones only by
    the operator. `kept` fields cannot be changed once the vault is made, name what one vault can have, or
    bring about more than children; `needed` ones cannot be taken away. Where the effect shows in
    `status.effective` alone, `later` says when it comes.
    """

    values: tuple[Any, ...]
    base: Spec = field(default_factory=dict)
    invalid: tuple[Any, ...] = ()
    wrong: tuple[Any, ...] = ()
    kept: bool = False
    needed: bool = False
    later: str = ""


def leaves(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths of every field below a schema that holds no other ones."""
    items = schema.get("items", {})
    inner, prefix = schema.get("properties"), path
    if schema.get("type") == "array" and "properties" in items:
        inner, prefix = items["properties"], f"{path}[]"
    if not inner:
        yield path
        return
    for name, below in inner.items():
        yield from leaves(below, f"{prefix}.{name}".removeprefix("."))


def written(base: Spec, path: str, value: Any) -> Spec:
    """The spec with this value at a path, in the first entry of each list on the way."""
    spec: Spec = deepcopy(base)
    *way, last = path.split(".")
    place: Any = spec
    for word in way:
        if word.endswith("[]"):
            place = place.setdefault(word.removesuffix("[]"), [{}])[0]
        else:
            place = place.setdefault(word, {})
    place[last] = value
    return spec
