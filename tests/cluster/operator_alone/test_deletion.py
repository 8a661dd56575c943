"""A vault goes; its deletionPolicy says what it leaves, and a vault of its name takes that up again."""

import pytest

from playing.api import Api
from playing.kubelet import Kubelet
from playing.types import Start, Vault
from playing.waiting import until, until_ready

pytestmark = pytest.mark.controlplane

RETAINED_AT = "mediavault.io/retained-at"
GARBAGE = 90
"""Seconds within which the garbage collector acts; it learns of a new kind of owner only every 30 s."""
DATA = {"demo-admin", "demo-database", "demo-django", "demo-media", "demo-db"}


def left(api: Api) -> set[str]:
    kinds = ("Secret", "PersistentVolumeClaim")
    found = [obj["metadata"] for kind in kinds for obj in api.list(kind)]
    return {each["name"] for each in found if "deletionTimestamp" not in each}


def marked(api: Api) -> set[str]:
    kinds = ("Secret", "PersistentVolumeClaim")
    found = [obj["metadata"] for kind in kinds for obj in api.list(kind)]
    return {each["name"] for each in found if RETAINED_AT in each.get("annotations", {})}


def gone(api: Api) -> bool:
    kinds = ("MediaVault", "Deployment", "StatefulSet", "Service", "NetworkPolicy", "Job")
    return not any(api.list(kind) for kind in kinds)


def test_a_retaining_vault_leaves_claims_and_secrets_marked_with_the_time(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
        api.delete("MediaVault", "demo")
        until(lambda: marked(api) == DATA, seconds=GARBAGE)
        until(lambda: gone(api), seconds=GARBAGE)
    assert left(api) == DATA


def test_a_deleting_vault_leaves_nothing(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault(deletionPolicy="Delete")
        until_ready(api, "demo")
        api.delete("MediaVault", "demo")
        until(lambda: gone(api) and not left(api), seconds=GARBAGE)


def test_the_policy_can_change_at_the_last_moment(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
        api.patch("MediaVault", "demo", {"spec": {"deletionPolicy": "Delete"}})
        api.delete("MediaVault", "demo")
        until(lambda: not left(api), seconds=GARBAGE)


def test_a_vault_of_the_same_name_takes_up_what_was_left(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
        before = {each["metadata"]["uid"]: each["data"] for each in api.list("Secret")}
        claims = {each["metadata"]["uid"] for each in api.list("PersistentVolumeClaim")}
        api.delete("MediaVault", "demo")
        until(lambda: marked(api) == DATA and gone(api), seconds=GARBAGE)
        apply_vault()
        until_ready(api, "demo")
        assert {each["metadata"]["uid"]: each["data"] for each in api.list("Secret")} == before
        assert {each["metadata"]["uid"] for each in api.list("PersistentVolumeClaim")} == claims
        assert marked(api) == set()
        until(lambda: any(event["reason"] == "Adopted" for event in api.list("Event")))


def test_a_vault_deleted_and_made_again_while_the_operator_is_away_finds_its_data(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
    before = {each["metadata"]["uid"]: each["data"] for each in api.list("Secret")}
    api.delete("MediaVault", "demo")
    until(lambda: gone(api), seconds=GARBAGE)
    apply_vault()
    with start():
        until_ready(api, "demo")
    assert {each["metadata"]["uid"]: each["data"] for each in api.list("Secret")} == before


def test_what_a_vault_left_while_the_operator_was_away_is_marked_when_it_is_back(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
    api.delete("MediaVault", "demo")
    until(lambda: gone(api), seconds=GARBAGE)
    with start():
        until(lambda: marked(api) == DATA, seconds=GARBAGE)


def test_foreground_deletion_is_not_fought(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
        api.delete("MediaVault", "demo", policy="Foreground")
        until(lambda: gone(api), seconds=GARBAGE)
        until(lambda: marked(api) == DATA, seconds=GARBAGE)


def test_a_namespace_goes_without_hanging(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
        api.delete_namespace()
        until(lambda: gone(api) and not api.list("Secret"), seconds=GARBAGE)


def test_a_deletion_that_orphans_leaves_everything_whatever_the_policy(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault(deletionPolicy="Delete")
        until_ready(api, "demo")
        api.delete("MediaVault", "demo", policy="Orphan")
        until(lambda: api.get("MediaVault", "demo") is None, seconds=GARBAGE)
        until(lambda: marked(api) == DATA, seconds=GARBAGE)
    assert left(api) == DATA
    assert api.get("Deployment", "demo") is not None
