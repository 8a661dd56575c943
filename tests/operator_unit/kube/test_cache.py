"""What the cache believes when news come late, twice, or not at all."""

from typing import Any

import pytest

from mediavault_operator.kube import resources
from mediavault_operator.kube.cache import Cache, Key, Ref, Vaults
from mediavault_operator.kube.watch import Scope

LABEL = "mediavault.io/vault"
KEY = Key("ns", "demo")
SCOPE = Scope(resources.SERVICE, None, {})


def service(version: int, *, uid: str = "u", vault: str = "demo", name: str = "demo") -> dict[str, Any]:
    labels = {LABEL: vault}
    identity = {"name": name, "namespace": "ns", "uid": uid, "resourceVersion": str(version)}
    return {"kind": "Service", "metadata": {**identity, "labels": labels}}


@pytest.fixture
def woken() -> list[Key]:
    return []


@pytest.fixture
def cache(woken: list[Key]) -> Cache:
    return Cache(label=LABEL, on_change=woken.append)


def seen(cache: Cache) -> str | None:
    obj = cache.of(KEY).get(Ref("Service", "demo"))
    return None if obj is None else obj["metadata"]["resourceVersion"]


def test_news_wake_their_vault(cache: Cache, woken: list[Key]) -> None:
    cache.changed(SCOPE, service(1))
    assert (seen(cache), woken) == ("1", [KEY])


def test_the_echo_of_an_own_write_wakes_nobody(cache: Cache, woken: list[Key]) -> None:
    cache.put(service(5), key=KEY)
    cache.changed(SCOPE, service(5))
    cache.changed(SCOPE, service(4))
    assert (seen(cache), woken) == ("5", [])


def test_a_deletion_wakes_its_vault(cache: Cache, woken: list[Key]) -> None:
    cache.put(service(5), key=KEY)
    cache.removed(SCOPE, service(6))
    assert (seen(cache), woken, cache.keys()) == (None, [KEY], ())


def test_a_late_answer_does_not_raise_the_dead(cache: Cache) -> None:
    cache.put(service(5), key=KEY)
    cache.removed(SCOPE, service(7))
    assert not cache.put(service(6), key=KEY)
    assert seen(cache) is None


def test_the_deletion_of_an_old_object_does_not_hide_its_successor(cache: Cache) -> None:
    cache.put(service(9, uid="new"), key=KEY)
    cache.removed(SCOPE, service(8, uid="old"))
    assert seen(cache) == "9"


def test_an_object_that_was_looked_up_counts_though_its_labels_were_gone(cache: Cache) -> None:
    cache.put(service(5), key=KEY)
    cache.removed(SCOPE, service(6))
    cache.find(service(6), key=KEY)
    assert seen(cache) == "6"


def test_a_list_forgets_what_is_not_in_it(cache: Cache, woken: list[Key]) -> None:
    cache.put(service(5), key=KEY)
    cache.replace(SCOPE, [], "10")
    assert (seen(cache), woken) == (None, [KEY])


def test_a_list_leaves_what_is_younger_than_it(cache: Cache) -> None:
    cache.put(service(12), key=KEY)
    cache.replace(SCOPE, [], "10")
    assert seen(cache) == "12"


def test_a_list_of_one_kind_says_nothing_of_another(cache: Cache) -> None:
    cache.put(service(5), key=KEY)
    cache.replace(Scope(resources.SECRET, None, {}), [], "10")
    assert seen(cache) == "5"


def test_a_list_of_one_namespace_says_nothing_of_another(cache: Cache) -> None:
    cache.put(service(5), key=KEY)
    cache.replace(Scope(resources.SERVICE, "elsewhere", {}), [], "10")
    assert seen(cache) == "5"


def test_an_object_that_changes_its_vault_leaves_the_old_one(cache: Cache, woken: list[Key]) -> None:
    cache.changed(SCOPE, service(5))
    cache.changed(SCOPE, service(6, vault="other"))
    assert seen(cache) is None
    assert woken == [KEY, KEY, Key("ns", "other")]


def vault(version: int, uid: str = "u") -> dict[str, Any]:
    return {"metadata": {"name": "demo", "namespace": "ns", "uid": uid, "resourceVersion": str(version)}}


def ready(*, generation: int, holds: str = "True", **metadata: str) -> dict[str, Any]:
    status = {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": holds}]}
    body = vault(5)
    return {**body, "metadata": {**body["metadata"], "generation": generation, **metadata}, "status": status}


@pytest.mark.parametrize(
    ("body", "settled"),
    [
        (ready(generation=1), True),
        (ready(generation=2), False),
        (ready(generation=1, holds="False"), False),
        (ready(generation=1, deletionTimestamp="2026-01-01T00:00:00Z"), False),
        (vault(5), False),
    ],
)
def test_a_vault_is_settled_that_is_ready_as_it_is_asked_to_be(body: dict[str, Any], settled: bool) -> None:
    vaults = Vaults()
    assert not vaults.is_settled(KEY)
    vaults.put(body)
    assert vaults.is_settled(KEY) is settled


def test_an_older_body_does_not_replace_a_newer_one() -> None:
    vaults = Vaults()
    assert vaults.put(vault(5))
    assert not vaults.put(vault(4))
    assert not vaults.put(vault(5))
    assert vaults.get(KEY) == vault(5)


def test_a_vault_that_goes_is_remembered_until_that_is_settled() -> None:
    vaults = Vaults()
    vaults.put(vault(5))
    vaults.drop(vault(6))
    assert vaults.get(KEY) is None
    assert vaults.last(KEY) == vault(6)
    vaults.settle(KEY)
    assert vaults.last(KEY) is None


def test_the_end_of_an_old_vault_does_not_hide_its_successor() -> None:
    vaults = Vaults()
    vaults.put(vault(9, uid="new"))
    assert not vaults.drop(vault(8, uid="old"))
    assert vaults.get(KEY) == vault(9, uid="new")
