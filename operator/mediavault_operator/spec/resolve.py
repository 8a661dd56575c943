"""One spec out of layers: what a MediaVault writes, over what its class decides, over what is built in."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str, ...]
Layer: TypeAlias = Mapping[str, Any]

WHOLE: Final = frozenset({"resources", "affinity", "target", "encryption"})
"""Fields that one layer decides as a whole: half of one's limits and half of another's mean nothing, and the
bucket of one at the server of another is nobody's.
"""
ALTERNATIVES: Final[Mapping[Path, frozenset[str]]] = {
    ("database",): frozenset({"managed", "shared", "external", "embedded"}),
    ("storage",): frozenset({"claim", "s3"}),
}
"""Fields of which one excludes the others: what a higher layer chooses, no lower one adds to."""


def resolve(*layers: Layer) -> dict[str, Any]:
    """The layers as one, the highest first; a null is read as absent. What is wrong stays, to be refused."""
    result: dict[str, Any] = {}
    for layer in reversed(layers):
        result = _over(layer, result, ())
    return result


def filled(layer: Layer, **words: str) -> dict[str, Any]:
    """The layer with every `{word}` in its texts replaced, as in the host `{name}.vaults.example.org`."""
    return {key: _filled(value, words) for key, value in layer.items()}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return filled(value, **words)
    if isinstance(value, list | tuple):
        return [_filled(each, words) for each in value]
    if isinstance(value, str) and "{" in value:
        for word, text in words.items():
            value = value.replace(f"{{{word}}}", text)
    return value


def _over(upper: Layer, lower: Layer, path: Path) -> dict[str, Any]:
    upper = {key: value for key, value in upper.items() if value is not None}
    alternatives = ALTERNATIVES.get(path, frozenset())
    chosen = alternatives & upper.keys()
    result = {key: value for key, value in lower.items() if not chosen or key not in alternatives - chosen}
    for key, value in upper.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and key not in WHOLE:
            value = _over(value, below, (*path, key))
        result[key] = value
    return result
