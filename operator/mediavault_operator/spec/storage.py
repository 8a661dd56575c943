"""Where the media lie: a claim that the operator makes, one that is there already, or a bucket."""

from decimal import Decimal
from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.model import AccessMode, Addressing, Bucket, Claim, ExistingClaim, Storage
from mediavault_operator.spec.objectname import OBJECT_NAME_HINT, object_name
from mediavault_operator.spec.reading import Reader

MEDIA_SIZE: Final = "10Gi"
LEAST_SIZE: Final = Decimal(1024**2)
SIZE_HINT: Final = "must be a size of at least 1Mi with its unit, such as 10Gi"


CLAIM_FIELDS: Final = ("size", "storageClassName", "accessModes", "volumeName")


def parse_storage(spec: Reader, *, own: Reader, default_prefix: str) -> Storage:
    """`storage`: a claim or a bucket; `own` is what the MediaVault writes."""
    storage = spec.section("storage")
    if "s3" not in storage:
        return _claim(storage.section("claim"), own.section("storage").section("claim"))
    if "claim" in storage:
        storage.refuse("s3", "cannot be set beside claim: remove one of the two")
    return _bucket(storage.section("s3"), default_prefix)


def _bucket(section: Reader, default_prefix: str) -> Bucket:
    if "bucket" not in section:
        section.refuse("bucket", "is needed: write the name of a bucket that exists")
    hint = "letters, digits, '-', '_' and '.', parts separated by '/', such as vaults/photos"
    prefix = section.text("prefix", pattern=limits.KEY_PREFIX, longest=limits.KEY_PREFIX_MAX, hint=hint)
    bucket = section.text(
        "bucket", pattern=limits.BUCKET, longest=limits.BUCKET_MAX, hint="the name of a bucket"
    )
    return Bucket(
        bucket=bucket or "",
        prefix=prefix or default_prefix,
        endpoint=section.text(
            "endpoint",
            pattern=limits.ENDPOINT,
            longest=limits.ENDPOINT_MAX,
            hint="a URL without user and password, such as https://s3.example.com",
        ),
        region=section.text(
            "region", pattern=limits.REGION, longest=limits.REGION_MAX, hint="a region, such as eu-central-1"
        ),
        addressing=section.choice("addressing", Addressing.AUTO),
        presigned_redirects=section.flag("presignedRedirects"),
        secret_name=object_name(section, "secretName"),
    )


def _claim(claim: Reader, own: Reader) -> Claim | ExistingClaim:
    existing = object_name(claim, "existingClaim")
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
        volume_name=object_name(claim, "volumeName"),
        written=written(own),
    )


def written(claim: Reader) -> frozenset[str]:
    """The fields of a claim that are written."""
    return frozenset(key for key in CLAIM_FIELDS if key in claim)


def storage_class(claim: Reader) -> str | None:
    """The class of a claim; an empty name means a volume that no class provides."""
    pattern = rf"^$|{limits.SUBDOMAIN}"
    return claim.text(
        "storageClassName", pattern=pattern, longest=limits.SUBDOMAIN_MAX, hint=f"empty or {OBJECT_NAME_HINT}"
    )
