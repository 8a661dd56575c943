"""Where the media lie: a claim that the operator makes, or one that is there already."""

from decimal import Decimal
from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.model import AccessMode, Claim, ExistingClaim
from mediavault_operator.spec.reading import Reader

MEDIA_SIZE: Final = "10Gi"
LEAST_SIZE: Final = Decimal(1024**2)
SIZE_HINT: Final = "must be a size of at least 1Mi with its unit, such as 10Gi"
SUBDOMAIN_HINT: Final = "a name of lower-case letters, digits, '-' and '.'"


CLAIM_FIELDS: Final = ("size", "storageClassName", "accessModes", "volumeName")


def parse_storage(spec: Reader, *, own: Reader) -> Claim | ExistingClaim:
    """`storage.claim`: a new claim, or `existingClaim` alone; `own` is what the MediaVault writes."""
    claim = spec.section("storage").section("claim")
    existing = _name(claim, "existingClaim")
    if existing is not None:
        for key in CLAIM_FIELDS:
            if key in claim:
                claim.refuse(key, "cannot be set beside existingClaim: remove one of the two")
        return ExistingClaim(name=existing)
    modes = claim.choices("accessModes", AccessMode.READ_WRITE_ONCE)
    if AccessMode.READ_WRITE_ONCE_POD in modes and len(modes) > 1:
        claim.refuse("accessModes", "ReadWriteOncePod cannot be combined with another mode: leave it alone")
    return Claim(
        size=claim.quantity("size", least=LEAST_SIZE, hint=SIZE_HINT) or MEDIA_SIZE,
        storage_class=storage_class(claim),
        access_modes=modes,
        volume_name=_name(claim, "volumeName"),
        written=written(own.section("storage").section("claim")),
    )


def written(claim: Reader) -> frozenset[str]:
    """The fields of a claim that are written."""
    return frozenset(key for key in CLAIM_FIELDS if key in claim)


def storage_class(claim: Reader) -> str | None:
    """The class of a claim; an empty name means a volume that no class provides."""
    pattern = rf"^$|{limits.SUBDOMAIN}"
    return claim.text(
        "storageClassName", pattern=pattern, longest=limits.SUBDOMAIN_MAX, hint=f"empty or {SUBDOMAIN_HINT}"
    )


def _name(claim: Reader, key: str) -> str | None:
    return claim.text(key, pattern=limits.SUBDOMAIN, longest=limits.SUBDOMAIN_MAX, hint=SUBDOMAIN_HINT)
