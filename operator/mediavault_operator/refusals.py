"""What a MediaVault asks for that only the cluster shows to be impossible.

The CRD refuses what one object shows. These are the same rules where a default, a retained piece or a claim
of someone else's decides. While one holds, nothing is applied and the last valid spec goes on serving.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from mediavault_operator import names
from mediavault_operator.claims import capacity, failed_growth, requested_size
from mediavault_operator.observed import Object, Observed, media_is_shared, name_of
from mediavault_operator.spec import (
    AccessMode,
    Bucket,
    Claim,
    ExistingClaim,
    ManagedDatabase,
    MediaVault,
    Problem,
    ServiceType,
    amount,
    database_kind,
)

MEDIA: Final = "spec.storage.claim"
BUCKET: Final = "spec.storage.s3"
DATABASE: Final = "spec.database.managed"


def refusals(vault: MediaVault, observed: Observed) -> tuple[Problem, ...]:
    """All that stands in the way of this spec, empty where nothing does."""
    return tuple(problem for rule in RULES for problem in rule(vault, observed))


def _media_claim_keeps_its_identity(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    if not isinstance(vault.storage, Claim) or observed.media_claim is None:
        return
    yield from _unchangeable(vault.storage, observed.media_claim, field=MEDIA)
    seen = observed.media_claim.get("spec", {}).get("accessModes") or []
    if seen and set(seen) != {mode.value for mode in vault.storage.access_modes}:
        claim = name_of(observed.media_claim)
        written = f"[{', '.join(seen)}]"
        yield Problem(
            field=f"{MEDIA}.accessModes",
            message=f"the claim {claim} has {written}, which cannot change: write {written}",
        )


def _database_claim_keeps_its_identity(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    if isinstance(vault.database, ManagedDatabase) and observed.database_claim is not None:
        yield from _unchangeable(vault.database.claim, observed.database_claim, field=DATABASE)


def _unchangeable(claim: Claim, seen: Object, *, field: str) -> Iterator[Problem]:
    spec = seen.get("spec", {})
    if _shrinks(claim.size, seen):
        requested = requested_size(seen)
        message = f"the claim {name_of(seen)} has {requested} and cannot shrink: write {requested} or more"
        yield Problem(field=f"{field}.size", message=message)
    pairs = (("storageClassName", claim.storage_class), ("volumeName", claim.volume_name))
    for key, wanted in pairs:
        found = spec.get(key)
        if wanted is not None and found is not None and wanted != found:
            message = f"the claim {name_of(seen)} has {found!r}, which cannot change: write it or nothing"
            yield Problem(field=f"{field}.{key}", message=message)


def _shrinks(size: str, claim: Object) -> bool:
    """Whether a claim would have to shrink: what it has failed to become may be taken back."""
    if _amount(size) >= _amount(requested_size(claim)):
        return False
    return failed_growth(claim) is None or _amount(size) <= _amount(capacity(claim))


def _media_stay_where_they_are(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    claim, bucket = _claim_in_use(observed.deployment), _bucket_in_use(observed.deployment)
    if isinstance(vault.storage, Bucket):
        wanted = _place(vault.storage.endpoint, vault.storage.bucket, vault.storage.prefix)
        if claim or (bucket and bucket != wanted):
            place = f"on the claim {claim}" if claim else bucket
            yield Problem(field=BUCKET, message=f"the media lie {place} and are not moved: keep that")
    elif bucket:
        yield Problem(field="spec.storage", message=f"the media lie {bucket} and are not moved: keep that")
    elif claim and claim != (vault.media_claim or names.media_claim(vault.name)):
        message = f"the media lie on the claim {claim} and are not moved: keep that claim"
        yield Problem(field=f"{MEDIA}.existingClaim", message=message)


def _bucket_in_use(deployment: Object | None) -> str:
    pod = (deployment or {}).get("spec", {}).get("template", {}).get("spec", {})
    web = [each for each in pod.get("containers") or () if each.get("name") == names.WEB_CONTAINER]
    used = {each["name"]: each.get("value") for container in web for each in container.get("env") or ()}
    if "S3_BUCKET" not in used:
        return ""
    return _place(used.get("S3_ENDPOINT_URL"), str(used["S3_BUCKET"]), str(used.get("S3_PREFIX", "")))


def _place(endpoint: str | None, bucket: str, prefix: str) -> str:
    return f"in the bucket {bucket} of {endpoint or 'Amazon S3'} below {prefix}"


def _claim_in_use(deployment: Object | None) -> str:
    template = (deployment or {}).get("spec", {}).get("template", {}).get("spec", {})
    claims = (volume.get("persistentVolumeClaim") or {} for volume in template.get("volumes") or ())
    return next((str(claim["claimName"]) for claim in claims if "claimName" in claim), "")


def _data_stay_in_their_database(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    kind = database_kind(vault.database)
    claim = observed.media_claim if isinstance(vault.storage, Claim) else None
    annotations = (claim or {}).get("metadata", {}).get("annotations") or {}
    used = annotations.get(names.DATABASE_KIND_ANNOTATION, "")
    if not used and kind != "managed" and observed.database_claim is not None:
        used = "managed"
    if used and used != kind:
        message = (
            f"this vault's data are in a database of the kind {used} and are not moved: write {used}, or "
            "delete the claims that an earlier vault of this name left"
        )
        yield Problem(field="spec.database", message=message)


def _replicas_need_a_shared_claim(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    if vault.replicas <= 1 or not isinstance(vault.storage, ExistingClaim) or observed.media_claim is None:
        return
    if not media_is_shared(vault, observed):
        message = (
            f"above 1 need the access mode {AccessMode.READ_WRITE_MANY.value}, which the claim "
            f"{vault.storage.name} lacks: set it to 1 or use another claim"
        )
        yield Problem(field="spec.replicas", message=message)


def _load_balancer_keeps_its_class(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    spec = (observed.service or {}).get("spec", {})
    both = vault.service.type is ServiceType.LOAD_BALANCER and spec.get("type") == ServiceType.LOAD_BALANCER
    # A class that others set, as some clouds do, stays where the spec says nothing.
    used, wanted = spec.get("loadBalancerClass"), vault.service.balancer_class
    if both and wanted is not None and wanted != used:
        message = (
            f"the load balancer has {used or 'no class'}, which cannot change while it stands: write that, "
            "or choose another spec.service.type first"
        )
        yield Problem(field="spec.service.loadBalancerClass", message=message)


def _postgres_keeps_its_major_version(vault: MediaVault, observed: Observed) -> Iterator[Problem]:
    if not isinstance(vault.database, ManagedDatabase) or observed.stateful_set is None:
        return
    spec = observed.stateful_set.get("spec", {}).get("template", {}).get("spec", {})
    images = [str(container.get("image", "")) for container in spec.get("containers") or ()]
    used, wanted = _major(images[0] if images else ""), _major(vault.database.image)
    if used and wanted and used != wanted:
        message = (
            f"would change PostgreSQL from version {used} to {wanted}, which its data would not survive: "
            f"set spec.database.managed.image to an image of version {used}"
        )
        yield Problem(field=f"{DATABASE}.image", message=message)


def _major(image: str) -> str:
    """The major version in an image's tag, empty where the tag does not begin with a number."""
    tag = re.search(r":(\d+)[^/:]*$", image.partition("@")[0])
    return tag.group(1) if tag else ""


def _amount(size: str) -> Decimal:
    return amount(size) or Decimal(0)


RULES: Final[tuple[Callable[[MediaVault, Observed], Iterator[Problem]], ...]] = (
    _media_stay_where_they_are,
    _media_claim_keeps_its_identity,
    _database_claim_keeps_its_identity,
    _data_stay_in_their_database,
    _replicas_need_a_shared_claim,
    _load_balancer_keeps_its_class,
    _postgres_keeps_its_major_version,
)
