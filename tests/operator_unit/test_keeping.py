"""What stands decides where a MediaVault itself says nothing."""

from collections.abc import Callable
from typing import Any

from mediavault_operator.keeping import kept
from mediavault_operator.observed import Observed
from mediavault_operator.refusals import refusals
from mediavault_operator.spec import Claim, Defaults, ManagedDatabase, MediaVault, parse

Maker = Callable[..., Any]

LAYER = {
    "storage": {"claim": {"size": "20Gi", "storageClassName": "fast", "accessModes": ["ReadWriteMany"]}},
    "database": {"managed": {"size": "9Gi", "storageClassName": "fast"}},
}


def vault_of_a_class(spec: dict[str, Any], defaults: Defaults) -> MediaVault:
    body = {"metadata": {"name": "photos", "namespace": "tenant"}, "spec": spec}
    return parse(body, defaults=defaults, layer=LAYER)


def claims(vault: MediaVault) -> tuple[Claim, Claim]:
    assert isinstance(vault.storage, Claim)
    assert isinstance(vault.database, ManagedDatabase)
    return vault.storage, vault.database.claim


def test_a_default_size_does_not_shrink_a_claim_that_has_grown(make_vault: Maker, claim: Maker) -> None:
    seen = Observed(media_claim=claim(size="50Gi"), database_claim=claim("photos-db", size="7Gi"))
    media, database = claims(kept(make_vault(), seen))
    assert (media.size, database.size) == ("50Gi", "7Gi")


def test_a_written_size_makes_a_claim_grow(make_vault: Maker, claim: Maker) -> None:
    vault = make_vault({"storage": {"claim": {"size": "99Gi"}}})
    assert claims(kept(vault, Observed(media_claim=claim(size="50Gi"))))[0].size == "99Gi"


def test_what_nobody_decides_is_not_written_down(make_vault: Maker, claim: Maker) -> None:
    seen = Observed(media_claim=claim(spec={"volumeName": "pv-1"}))
    media, _ = claims(kept(make_vault(), seen))
    assert (media.storage_class, media.volume_name) == (None, None)


def test_a_changed_class_decides_of_new_claims_only(defaults: Defaults, claim: Maker) -> None:
    seen = Observed(media_claim=claim(), database_claim=claim("photos-db"))
    vault = kept(vault_of_a_class({}, defaults), seen)
    media, database = claims(vault)
    assert (media.size, media.storage_class, media.access_modes) == ("10Gi", "standard", ("ReadWriteOnce",))
    assert (database.size, database.storage_class) == ("10Gi", "standard")
    assert refusals(vault, seen) == ()


def test_what_the_vault_itself_asks_for_is_refused_where_it_cannot_be(
    defaults: Defaults, claim: Maker
) -> None:
    seen = Observed(media_claim=claim())
    spec = {"storage": {"claim": {"storageClassName": "fast", "size": "5Gi"}}}
    problems = refusals(kept(vault_of_a_class(spec, defaults), seen), seen)
    assert {problem.field for problem in problems} == {
        "spec.storage.claim.size",
        "spec.storage.claim.storageClassName",
    }
