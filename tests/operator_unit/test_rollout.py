"""How a change of a class reaches its vaults."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault_operator.rollout import Key, Progress, member, progress, remember, standing, waits
from mediavault_operator.spec import Defaults, VaultClass, parse_class

OLD = {"name": "gold", "revision": "older", "defaults": {"image": "app:1"}}
BUILT_IN = Defaults(image="app:0", database_image="postgres:17")


def gold(image: str = "app:2", **rollout: Any) -> VaultClass:
    spec = {"defaults": {"image": image, "ingress": {"host": "{name}.example"}}, "rollout": rollout}
    return parse_class({"metadata": {"name": "gold"}, "spec": spec}, defaults=BUILT_IN)


def vault(known: Any = OLD, *, name: str = "photos", serves: bool = True, **status: Any) -> dict[str, Any]:
    holds = {"Ready": serves, "Degraded": False, **status.pop("conditions", {})}
    conditions = [{"type": kind, "status": str(value)} for kind, value in holds.items()]
    told = {"conditions": conditions, "readyReplicas": int(serves), **status}
    return {
        "metadata": {"name": name, "namespace": "tenant"},
        "spec": {},
        "status": told | ({"class": known} if known else {}),
    }


def reached(
    *vaults: dict[str, Any], now: datetime, granted: tuple[str, ...] = (), **rollout: Any
) -> Progress:
    of_class = gold(**rollout)
    members = [member(("tenant", each["metadata"]["name"]), each, of_class) for each in vaults]
    return progress(members, of_class, granted={("tenant", name) for name in granted}, now=now)


def names(keys: tuple[Key, ...]) -> list[str]:
    return [name for _, name in keys]


def rolling(now: datetime, seconds: float = 0) -> dict[str, Any]:
    since = (now - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return {**OLD, "revision": gold().revision, "rollingSince": since}


def test_a_vault_that_serves_waits_on_what_its_class_decided_before(now: datetime) -> None:
    stands = standing(vault(), gold(), granted=False, now=now)
    assert (stands.layer, stands.remembered, stands.takes) == ({"image": "app:1"}, OLD, False)
    assert stands.waits_for == "gold"


def test_in_its_turn_it_takes_what_the_class_decides_now(now: datetime) -> None:
    stands = standing(vault(), gold(), granted=True, now=now)
    layer = {"image": "app:2", "ingress": {"host": "photos.example"}}
    assert (stands.layer, stands.takes, stands.waits_for) == (layer, True, None)
    assert stands.remembered == {
        "name": "gold",
        "revision": gold().revision,
        "defaults": layer,
        "rollingSince": "2026-11-22T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (vault(None, serves=False), "it is new"),
        (vault(serves=False), "it serves nobody"),
        (vault({**OLD, "rollingSince": "2026-11-22T11:00:00Z"}), "it is on its way already"),
        ({**vault(), "spec": {"className": "gold"}, "status": {**vault(None)["status"]}}, "it asked for it"),
    ],
)
def test_it_needs_no_turn_where(body: dict[str, Any], reason: str, now: datetime) -> None:
    assert not waits(body, gold()), reason
    stands = standing(body, gold(), granted=False, now=now)
    assert (stands.remembered or {})["revision"] == gold().revision


def test_a_vault_that_was_served_without_a_class_waits_for_the_first_one() -> None:
    assert waits(vault(None), gold())


def test_one_that_was_failing_before_does_not_count_as_rolling(now: datetime) -> None:
    stands = standing(vault(conditions={"Degraded": True}), gold(), granted=True, now=now)
    assert "rollingSince" not in (stands.remembered or {})


def test_a_vault_has_arrived_when_it_is_ready(now: datetime) -> None:
    stands = standing(vault(), gold(), granted=True, now=now)
    ready, busy = vault()["status"], vault(serves=False)["status"]
    assert "rollingSince" in remember(busy, stands)["class"]
    assert "rollingSince" not in remember(ready, stands)["class"]


def test_a_paused_vault_takes_no_turn_and_holds_none(now: datetime) -> None:
    paused = vault(rolling(now, seconds=9000), name="v0", serves=False, conditions={"Degraded": True})
    waiting = vault(name="v1")
    for each in (paused, waiting):
        each["metadata"]["annotations"] = {"mediavault.io/paused": "true"}
    found = reached(paused, waiting, vault(name="v2"), now=now, maxConcurrent=1)
    assert (names(found.take), found.worse, found.waiting) == (["v2"], (), 1)


def test_turns_are_given_up_to_the_bound(now: datetime) -> None:
    five = [vault(name=f"v{number}") for number in range(5)]
    assert names(reached(*five, now=now, maxConcurrent=2).take) == ["v0", "v1"]
    assert names(reached(*five, now=now, maxConcurrent=2, granted=("v0",)).take) == ["v1"]
    assert reached(*five, now=now, maxConcurrent=2, granted=("v0", "v1")).take == ()
    on_the_way = vault(rolling(now), name="v0", serves=False)
    found = reached(on_the_way, *five[1:], now=now, maxConcurrent=2)
    assert names(found.take) == ["v1"]
    assert (found.total, found.updated, found.ready, found.rolling, found.waiting) == (5, 1, 4, 1, 4)


def test_nobody_gets_a_turn_after_one_that_got_worse(now: datetime) -> None:
    worse = vault(rolling(now), name="v0", serves=False, conditions={"Degraded": True})
    found = reached(worse, vault(name="v1"), now=now, maxConcurrent=2)
    assert (names(found.take), names(found.worse)) == ([], ["v0"])


def test_a_vault_that_takes_too_long_counts_as_worse(now: datetime) -> None:
    slow = vault(rolling(now, seconds=70), name="v0", serves=False)
    found = reached(slow, vault(name="v1"), now=now, maxConcurrent=2, progressDeadlineSeconds=60)
    assert names(found.worse) == ["v0"]
    in_time = reached(slow, vault(name="v1"), now=now, maxConcurrent=2, progressDeadlineSeconds=100)
    assert (in_time.worse, in_time.look_again) == ((), 30)


@given(bound=st.integers(1, 6), arrivals=st.lists(st.integers(0, 5), max_size=60))
def test_the_bound_holds_whoever_arrives_when(bound: int, arrivals: list[int]) -> None:
    now = datetime.fromisoformat("2026-11-22T12:00:00Z")
    of_class = gold(maxConcurrent=bound)
    bodies = {("tenant", f"v{number}"): vault(name=f"v{number}") for number in range(20)}
    for arriving in arrivals:
        members = [member(key, body, of_class) for key, body in bodies.items()]
        found = progress(members, of_class, granted=(), now=now)
        for key in found.take:
            taken = standing(bodies[key], of_class, granted=True, now=now).remembered
            bodies[key] = vault(taken, name=key[1], serves=False)
        on_their_way = [key for key, body in bodies.items() if "rollingSince" in body["status"]["class"]]
        assert len(on_their_way) <= bound
        for key in on_their_way[:arriving]:
            known = {k: v for k, v in bodies[key]["status"]["class"].items() if k != "rollingSince"}
            bodies[key] = vault(known, name=key[1])
