"""Kubernetes quantities such as `10Gi` or `250m`, as far as sizes and resources need them."""

import re
from decimal import Decimal
from typing import Final

PATTERN: Final = r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"
LONGEST: Final = 32

_MULTIPLES: Final = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}


def amount(text: str) -> Decimal | None:
    """The number that a quantity stands for, None where it is not one."""
    match = re.fullmatch(PATTERN, text, flags=re.ASCII)
    if match is None or len(text) > LONGEST:
        return None
    suffix = match.group(2) or ""
    return Decimal(text.removesuffix(suffix)) * _MULTIPLES[suffix]
