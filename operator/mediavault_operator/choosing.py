"""Which class a vault belongs to."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from mediavault_operator.spec import Problem, Refusal, is_default

Body: TypeAlias = Mapping[str, Any]


def default_class(classes: Iterable[Body]) -> str | None:
    """The class of the vaults that name none: of several that are marked the newest, as for StorageClasses.

    So a new default can be made before the old one is unmarked.
    """
    marked = ((each["metadata"].get("creationTimestamp") or "", each["metadata"]["name"])
              for each in classes if is_default(each))  # fmt: skip
    return max(marked, default=("", None))[1]


def class_of(vault: Body, default: str | None) -> str | None:
    """The name of a vault's class, None where it has none.

    A vault that a class has served does not fall back to none when the default is gone: that would roll all
    of them at once. One that takes back its own choice does.
    """
    chosen, status = (vault.get("spec") or {}).get("className"), vault.get("status") or {}
    known = (status.get("class") or {}).get("name")
    taken_back = (status.get("effective") or {}).get("className") == known
    return chosen or default or (None if taken_back else known)


def missing(name: str, *, chosen: bool) -> Problem:
    """What to say of a class that is not there."""
    if chosen:
        what_to_do = "make it, or name another one"
    else:
        what_to_do = "make it again, mark another one as the default, or name one in spec.className"
    message = f"there is no MediaVaultClass {name}: {what_to_do}"
    return Problem(field="spec.className", message=message, reason=Refusal.CLASS_NOT_FOUND)


def invalid(name: str, problems: tuple[Problem, ...]) -> Problem:
    """What to say of a class that cannot be served."""
    told = "; ".join(map(str, problems))
    message = f"the MediaVaultClass {name} is not valid, which only its maker can mend: {told}"
    return Problem(field="spec.className", message=message, reason=Refusal.CLASS_INVALID)
