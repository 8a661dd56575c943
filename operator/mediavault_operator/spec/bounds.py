"""What no vault of a class may exceed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.model import Claim, ManagedDatabase, MediaVault, Problem, Refusal, Resources
from mediavault_operator.spec.quantity import amount
from mediavault_operator.spec.reading import Reader
from mediavault_operator.spec.storage import LEAST_SIZE, SIZE_HINT

_QUANTITY_HINT: Final = "must be a quantity, such as 2 of cpu or 4Gi of memory"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Upper bounds, None where there is none: `cpu` and `memory` are those of one container of the vault."""

    replicas: int | None = None
    storage: str | None = None
    database_storage: str | None = None
    cpu: str | None = None
    memory: str | None = None


def parse_bounds(section: Reader) -> Bounds:
    """`limits` of a class."""
    return Bounds(
        replicas=section.whole("replicas", least=1, most=limits.REPLICAS_MAX),
        storage=section.quantity("storage", least=LEAST_SIZE, hint=SIZE_HINT),
        database_storage=section.quantity("databaseStorage", least=LEAST_SIZE, hint=SIZE_HINT),
        cpu=section.quantity("cpu", least=Decimal("0.001"), hint=_QUANTITY_HINT),
        memory=section.quantity("memory", least=LEAST_SIZE, hint=_QUANTITY_HINT),
    )


def exceeded(vault: MediaVault, bounds: Bounds) -> tuple[Problem, ...]:
    """Everything that a vault asks for beyond the bounds of its class."""
    asked = tuple(_asked(vault, bounds))
    return tuple(
        Problem(
            field=field,
            message=f"asks for {wanted}, and the class allows {most} at most",
            reason=Refusal.LIMIT_EXCEEDED,
        )
        for field, wanted, most in asked
        if most is not None and _number(wanted) > _number(most)
    )


def bounded(vault: MediaVault, bounds: Bounds) -> MediaVault:
    """The vault with a limit of cpu and memory for every container that states none, as the class has one."""
    database = vault.database
    if isinstance(database, ManagedDatabase):
        database = replace(database, resources=_limited(database.resources, bounds))
    return replace(vault, resources=_limited(vault.resources, bounds), database=database)


def _asked(vault: MediaVault, bounds: Bounds) -> Iterator[tuple[str, str, str | None]]:
    most = None if bounds.replicas is None else str(bounds.replicas)
    yield "spec.replicas", str(vault.replicas), most
    if isinstance(vault.storage, Claim):
        yield "spec.storage.claim.size", vault.storage.size, bounds.storage
    yield from _asked_of_nodes("spec.resources", vault.resources, bounds)
    if isinstance(vault.database, ManagedDatabase):
        yield "spec.database.managed.size", vault.database.claim.size, bounds.database_storage
        yield from _asked_of_nodes("spec.database.managed.resources", vault.database.resources, bounds)


def _asked_of_nodes(
    field: str, resources: Resources, bounds: Bounds
) -> Iterator[tuple[str, str, str | None]]:
    most = {"cpu": bounds.cpu, "memory": bounds.memory}
    for part, quantities in (("requests", resources.requests), ("limits", resources.limits)):
        for kind, wanted in quantities:
            yield f"{field}.{part}.{kind}", wanted, most.get(kind)


def _limited(resources: Resources, bounds: Bounds) -> Resources:
    most = {"cpu": bounds.cpu, "memory": bounds.memory}
    written = {kind: text for kind, text in most.items() if text is not None} | dict(resources.limits)
    return replace(resources, limits=tuple(sorted(written.items())))


def _number(text: str) -> Decimal:
    return amount(text) or Decimal(0)
