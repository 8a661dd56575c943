"""Annotations that a spec gives to a child."""

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.reading import Reader


def parse_annotations(section: Reader) -> tuple[tuple[str, str], ...]:
    """The section's entries in order of their keys."""
    pairs = tuple(section.pairs())
    if len(pairs) > limits.ANNOTATIONS_MAX:
        section.refuse("", f"must have at most {limits.ANNOTATIONS_MAX} entries")
    for key, value in pairs:
        if key.startswith(f"{names.GROUP}/"):
            section.refuse(key, f"the prefix {names.GROUP}/ is the operator's: use another")
        elif not limits.is_annotation_key(key):
            section.refuse(
                key, "is no annotation: write an optional DNS prefix, '/' and a name of 63 characters"
            )
        if len(value) > limits.ANNOTATION_VALUE_MAX:
            section.refuse(key, f"must have at most {limits.ANNOTATION_VALUE_MAX} characters")
    return pairs
