"""Requests and limits of a container."""

from decimal import Decimal
from typing import Final

from mediavault_operator.spec import quantity
from mediavault_operator.spec.model import Quantities, Resources
from mediavault_operator.spec.reading import Reader

KINDS: Final = ("cpu", "ephemeral-storage", "memory")
HINT: Final = "must be a quantity, such as 250m of cpu or 512Mi of memory"


def parse_resources(spec: Reader, *, default: Resources) -> Resources:
    """`resources`; what is written replaces the default as a whole, as in a pod."""
    if "resources" not in spec:
        return default
    section = spec.section("resources")
    requests, limits = _quantities(section.section("requests")), _quantities(section.section("limits"))
    bounds = dict(limits)
    for kind, text in requests:
        if kind in bounds and _number(text) > _number(bounds[kind]):
            section.refuse(
                f"requests.{kind}", f"must not be above limits.{kind}: lower it or raise the limit"
            )
    return Resources(requests=requests, limits=limits)


def _quantities(section: Reader) -> Quantities:
    found = ((kind, section.quantity(kind, least=Decimal(0), hint=HINT)) for kind in KINDS)
    return tuple((kind, text) for kind, text in found if text is not None)


def _number(text: str) -> Decimal:
    return quantity.amount(text) or Decimal(0)
