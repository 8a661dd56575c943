"""The claims."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.children.claim import build_database_claim, build_media_claim
from mediavault_operator.spec import Claim, ManagedDatabase, MediaVault

Maker = Callable[..., Any]


def media(vault: MediaVault) -> dict[str, Any]:
    assert isinstance(vault.storage, Claim)
    return build_media_claim(vault, vault.storage)


def test_what_is_left_open_is_left_to_the_cluster(make_vault: Maker) -> None:
    assert set(media(make_vault())["spec"]) == {"accessModes", "resources"}


def test_an_empty_class_is_written_as_it_means_something(make_vault: Maker) -> None:
    spec = {"storage": {"claim": {"storageClassName": "", "volumeName": "pv-1"}}}
    assert media(make_vault(spec))["spec"]["storageClassName"] == ""


def test_under_retain_a_claim_has_no_owner_and_is_not_pruned(make_vault: Maker) -> None:
    kept = media(make_vault())["metadata"]
    assert "ownerReferences" not in kept
    assert kept["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false"


def test_under_delete_a_claim_goes_with_its_vault(make_vault: Maker) -> None:
    vault = make_vault({"deletionPolicy": "Delete"})
    (owner,) = media(vault)["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("MediaVault", "vault-uid", True)
    assert "argocd.argoproj.io/sync-options" not in media(vault)["metadata"]["annotations"]


def test_the_media_claim_remembers_the_kind_of_database(make_vault: Maker) -> None:
    remembered = media(make_vault({"database": {"embedded": {}}}))["metadata"]["annotations"]
    assert remembered[names.DATABASE_KIND_ANNOTATION] == "embedded"


def test_the_database_has_a_claim_of_its_own_name(make_vault: Maker) -> None:
    vault = make_vault({"database": {"managed": {"size": "7Gi", "storageClassName": "fast"}}})
    assert isinstance(vault.database, ManagedDatabase)
    built = build_database_claim(vault, vault.database)
    assert built["metadata"]["name"] == "photos-db"
    assert built["spec"]["storageClassName"] == "fast"
