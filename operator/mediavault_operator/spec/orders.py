"""What people order by an annotation of the MediaVault, beside what its spec asks for."""

from collections.abc import Mapping

from mediavault_operator import names


def is_paused(body: Mapping[str, object]) -> bool:
    """Whether the operator is to leave everything as it is; any word but `true` means no."""
    return _annotation(body, names.PAUSED_ANNOTATION) == "true"


def restarted_at(body: Mapping[str, object]) -> str:
    """A text whose change restarts the web pods, as `kubectl rollout restart` writes a time."""
    return _annotation(body, names.RESTARTED_AT_ANNOTATION)


def rotated_at(body: Mapping[str, object]) -> str:
    """A text whose change gives the database another account with a new password."""
    return _annotation(body, names.ROTATED_AT_ANNOTATION)


def _annotation(body: Mapping[str, object], key: str) -> str:
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return str(annotations.get(key, "")) if isinstance(annotations, Mapping) else ""
