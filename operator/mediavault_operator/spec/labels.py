"""Labels that a spec gives to a child, or chooses nodes by."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.reading import Reader

OURS: Final = (f"{names.GROUP}/", "app.kubernetes.io/")
KEY_HINT: Final = "the key of a label: an optional DNS prefix, '/' and a name of 63 characters"
VALUE_HINT: Final = "the value of a label: letters, digits, '-', '_' and '.'"


def parse_labels(section: Reader) -> tuple[tuple[str, str], ...]:
    """The section's entries in order of their keys."""
    pairs = tuple(section.pairs())
    if len(pairs) > limits.LABELS_MAX:
        section.refuse("", f"must have at most {limits.LABELS_MAX} entries")
    for key, _ in pairs:
        if not limits.is_annotation_key(key):
            section.refuse(key, f"is not {KEY_HINT}")
        section.text(key, pattern=limits.LABEL_VALUE, longest=limits.LABEL_VALUE_MAX, hint=VALUE_HINT)
    return pairs


def parse_own_labels(section: Reader) -> tuple[tuple[str, str], ...]:
    """The same for labels of a child, where the operator's own are refused."""
    pairs = parse_labels(section)
    for key, _ in pairs:
        if key.startswith(OURS):
            section.refuse(key, "is the operator's own: use another prefix")
    return pairs
