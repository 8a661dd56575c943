"""What stands decides where a MediaVault itself says nothing: classes and defaults decide of new claims.

Otherwise a change of a class would ask for what no claim can do, of all its vaults at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mediavault_operator.claims import requested_size
from mediavault_operator.observed import Object, Observed
from mediavault_operator.spec import AccessMode, Claim, ManagedDatabase, MediaVault


def kept(vault: MediaVault, observed: Observed) -> MediaVault:
    """The vault on the claims that it has."""
    if isinstance(vault.storage, Claim):
        vault = replace(vault, storage=_as_it_stands(vault.storage, observed.media_claim))
    if isinstance(vault.database, ManagedDatabase):
        claim = _as_it_stands(vault.database.claim, observed.database_claim)
        vault = replace(vault, database=replace(vault.database, claim=claim))
    return vault


def _as_it_stands(claim: Claim, seen: Object | None) -> Claim:
    if seen is None:
        return claim
    spec = seen.get("spec", {})
    return replace(
        claim,
        size=claim.size if "size" in claim.written else requested_size(seen) or claim.size,
        storage_class=_storage_class(claim, spec),
        access_modes=_access_modes(claim, spec),
    )


def _storage_class(claim: Claim, seen: Mapping[str, Any]) -> str | None:
    # Where nobody decides, the cluster did: to write its choice down would be a change.
    if claim.storage_class is None or "storageClassName" in claim.written:
        return claim.storage_class
    return str(seen.get("storageClassName", claim.storage_class))


def _access_modes(claim: Claim, seen: Mapping[str, Any]) -> tuple[AccessMode, ...]:
    known = {mode.value for mode in AccessMode}
    modes = [mode for mode in seen.get("accessModes") or () if mode in known]
    if "accessModes" in claim.written or not modes or set(modes) == set(claim.access_modes):
        return claim.access_modes
    return tuple(AccessMode(mode) for mode in modes)
