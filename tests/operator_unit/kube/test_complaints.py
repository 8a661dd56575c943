"""What controllers say of pods that they could not make."""

from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import resources
from mediavault_operator.kube.cache import Cache, Key
from mediavault_operator.kube.complaints import SELECTOR, Complaints
from mediavault_operator.kube.watch import Scope

KEY = Key("tenant", "photos")
SCOPE = Scope(resources.EVENT, None, SELECTOR)


class Listening:
    """Complaints about a vault that has one Job, and whom they made due."""

    def __init__(self) -> None:
        self.due: list[Key] = []
        self.cache = Cache(label=names.VAULT_LABEL, on_change=lambda _: None)
        self.job: dict[str, Any] = {
            "kind": "Job",
            "metadata": {"name": "j", "uid": "u", "resourceVersion": "1"},
        }
        self.cache.put(self.job, key=KEY)
        self.complaints = Complaints(cache=self.cache, on_change=self.due.append)


def event(uid: str, note: str) -> dict[str, Any]:
    return {"metadata": {"name": "e", "uid": "e"}, "regarding": {"uid": uid}, "note": note}


@pytest.fixture
def listening() -> Listening:
    return Listening()


def test_what_is_said_of_a_child_makes_its_vault_due_once(listening: Listening) -> None:
    for _ in range(2):
        listening.complaints.changed(SCOPE, event("u", "exceeded quota"))
    assert listening.complaints.of(KEY) == {"u": "exceeded quota"}
    assert listening.due == [KEY]


def test_what_is_said_of_others_is_not_kept(listening: Listening) -> None:
    listening.complaints.replace(SCOPE, [event("else", "exceeded quota")], "1")
    assert (dict(listening.complaints.of(KEY)), listening.due) == ({}, [])


def test_what_was_said_outlives_the_event_and_not_the_child(listening: Listening) -> None:
    listening.complaints.changed(SCOPE, event("u", "exceeded quota"))
    listening.complaints.removed(SCOPE, event("u", "exceeded quota"))
    listening.complaints.replace(SCOPE, [], "2")
    assert listening.complaints.of(KEY) == {"u": "exceeded quota"}
    listening.cache.drop(listening.job, at=3)
    listening.complaints.replace(SCOPE, [], "3")
    listening.cache.put(
        {**listening.job, "metadata": {**listening.job["metadata"], "resourceVersion": "4"}}, key=KEY
    )
    assert dict(listening.complaints.of(KEY)) == {}
