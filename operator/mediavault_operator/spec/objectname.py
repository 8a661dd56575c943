"""Names of objects that a spec refers to: Secrets, claims, classes."""

from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.reading import Reader

OBJECT_NAME_HINT: Final = "a name of lower-case letters, digits, '-' and '.'"


def object_name(section: Reader, key: str) -> str | None:
    """The name under `key`, None where it is absent or refused."""
    return section.text(key, pattern=limits.SUBDOMAIN, longest=limits.SUBDOMAIN_MAX, hint=OBJECT_NAME_HINT)
