"""Whatever becomes of a write of the operator's, or of an event, a vault ends as one that nothing befell."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from kubernetes import client

from full import CASES, FULL
from launcher.cluster import Cluster
from mediavault_operator import names
from mediavault_operator.kube import resources
from playing.api import Api
from playing.endings import CHILDREN, Ending, differences, endings
from playing.faults import ANSWERS, EVENTS, killing, meddling
from playing.kubelet import Kubelet
from playing.operator import Operator, operating
from playing.proxy import Proxy, proxying
from playing.stories import STORIES, Story
from playing.types import Start
from playing.waiting import until

pytestmark = pytest.mark.controlplane

T = TypeVar("T")

SEED = 5
SAMPLE = 12
KILLS = 3
DELETIONS = 4
TOGETHER = 30
"""How many vaults are on their way at once."""
PATIENCE = 400 if FULL else 90
"""Seconds; whoever tries everything may do so beside other work."""
PAUSE = 0.5
"""Seconds between two looks at everything."""
TOLD = (*CHILDREN, names.BACKUP_KIND)
KINDS = {resource.plural: resource.kind for resource in (*resources.WATCHED, resources.BACKUP)}
UNLABELLED: dict[str, Any] = {"metadata": {"labels": {names.VAULT_LABEL: None}}}
EDITS: dict[str, dict[str, Any]] = {
    "Deployment": {"spec": {"replicas": 0}},
    "StatefulSet": {"spec": {"replicas": 0}},
    "Service": {"spec": {"selector": {names.VAULT_LABEL: "other"}}},
    "NetworkPolicy": {"spec": {"podSelector": {"matchLabels": {names.VAULT_LABEL: "other"}}}},
    names.BACKUP_KIND: {},
}
PASSING = ("/annotations/deployment.kubernetes.io/revision", "/Job/", "/status/migration/template")
"""What a vault may have otherwise that was meddled with: a Job that was done is not made again."""
TRIED = tuple(STORIES) if FULL else ("guarded",)
"""In short the story that has most in it."""


@pytest.fixture
def proxy(served: Cluster, tmp_path: Path) -> Iterator[Proxy]:
    with proxying(served.kubeconfig, tmp_path) as proxy:
        yield proxy


@pytest.fixture
def start(proxy: Proxy, api: Api, tmp_path: Path) -> Start:
    """Starts an operator behind the proxy."""
    environment = {"MEDIAVAULT_WATCH_CLASSES": "true"}
    return lambda: operating(proxy.kubeconfig, tmp_path, namespaces=[api.namespace], environment=environment)


@pytest.fixture(params=TRIED)
def story(request: pytest.FixtureRequest, api: Api, kubelet: Kubelet) -> Iterator[Story]:
    """What all vaults of a test have in common."""
    story = STORIES[request.param]
    kubelet.snapshot = lambda: uuid4().hex
    with story.around(api):
        yield story


def undisturbed(api: Api, proxy: Proxy, story: Story) -> Ending:
    """How a vault ends that nothing befalls; it is named `calm`."""
    story.begin(api, "calm")
    story.wait(api, "calm", seconds=PATIENCE)
    until(proxy.quiet, what="the operator rests")
    return endings(api, TOLD)["calm"]


def sampled(cases: Sequence[T], number: int = SAMPLE) -> dict[str, T]:
    """Cases by the names of their vaults: all of them, or a few that are always the same."""
    chosen = cases if FULL else random.Random(SEED).sample(cases, min(number, len(cases)))
    return {f"case{at}": case for at, case in enumerate(chosen) if at in CASES}


def differing(
    api: Api, vaults: Sequence[str], calm: Ending, but_for: tuple[str, ...] = ()
) -> dict[str, list[str]]:
    """Where vaults have not come to the same end, by vault."""
    found = endings(api, TOLD)
    compared = {name: differences(calm, found.get(name, {})) for name in vaults}
    told = {
        name: [each for each in differ if not any(part in each.partition(": ")[0] for part in but_for)]
        for name, differ in compared.items()
    }
    return {name: differ for name, differ in told.items() if differ}


def other_ends(
    api: Api, vaults: Sequence[str], calm: Ending, *, but_for: tuple[str, ...] = ()
) -> dict[str, list[str]]:
    """Where vaults do not come to the same end, though they were waited for."""
    look = partial(differing, api, vaults, calm, but_for)
    try:
        until(lambda: not look(), seconds=PATIENCE, pause=PAUSE)
    except AssertionError:
        return {name: differ[:5] for name, differ in look().items()}
    return {}


def tell_together(
    api: Api, story: Story, vaults: Sequence[str], calm: Ending, *, but_for: tuple[str, ...] = ()
) -> None:
    """Make vaults, a number at a time, and see them end alike."""
    others: dict[str, list[str]] = {}
    for first in range(0, len(vaults), TOGETHER):
        some = vaults[first : first + TOGETHER]
        for name in some:
            story.begin(api, name)
        others |= other_ends(api, some, calm, but_for=but_for)
    assert others == {}


def meddle(api: Api, proxy: Proxy, vault: str, victim: int, deed: str) -> None:
    """Delete or edit the object of a vault's write number `victim`, unless that would take its data away."""
    written = proxy.writes[vault]
    plural, name = written[victim - 1].partition(" ")[2].split("/")
    kind = KINDS.get(plural)
    mounted = any(workload in write for write in written for workload in ("deployments/", "statefulsets/"))
    if kind is None or (kind == "PersistentVolumeClaim" and deed == "deleted" and mounted):
        return
    with suppress(client.ApiException):
        if deed == "deleted":
            api.delete(kind, name)
        else:
            api.patch(kind, name, EDITS.get(kind, UNLABELLED))


def has_ended(operator: Operator) -> bool:
    return operator.ended() is not None


def is_over_for(operator: Operator, api: Api, name: str, calm: Ending) -> bool:
    """Whether the operator was killed on its way with a vault, or has come to the end of it."""
    return has_ended(operator) or not differing(api, [name], calm)


def assert_befell(cases: dict[str, tuple[int, T]], proxy: Proxy) -> None:
    """Every fault came to pass, but for the last writes: the status may be told in fewer steps."""
    always = sum("status" not in write for write in proxy.writes["calm"])
    missed = {cases[name] for name in cases.keys() - proxy.done}
    assert {case for case in missed if case[0] <= always} == set()


def test_any_write_may_be_refused_or_lost(api: Api, proxy: Proxy, start: Start, story: Story) -> None:
    with start():
        calm = undisturbed(api, proxy, story)
        cases = sampled(list(product(range(1, len(proxy.writes["calm"]) + 1), ANSWERS)))
        proxy.write_faults |= {(name, number): ANSWERS[fault] for name, (number, fault) in cases.items()}
        tell_together(api, story, list(cases), calm)
        assert until(proxy.quiet, what="the operator rests")
    assert_befell(cases, proxy)


def test_the_operator_may_be_killed_before_and_after_any_write(
    api: Api, proxy: Proxy, start: Start, story: Story
) -> None:
    with ExitStack() as operators:
        operator = operators.enter_context(start())
        calm = undisturbed(api, proxy, story)
        cases = sampled(list(product(range(1, len(proxy.writes["calm"]) + 1), (False, True))), KILLS)
        for name, (number, committed) in cases.items():
            proxy.write_faults[name, number] = killing(operator, proxy, committed=committed)
            story.begin(api, name)
            until(partial(is_over_for, operator, api, name, calm), seconds=PATIENCE, pause=PAUSE)
            if has_ended(operator):
                operator = operators.enter_context(start())
            assert other_ends(api, [name], calm) == {}
    assert_befell(cases, proxy)


def test_any_event_may_be_lost_or_come_twice(api: Api, proxy: Proxy, start: Start, story: Story) -> None:
    with start():
        calm = undisturbed(api, proxy, story)
        cases = sampled(list(product(range(1, proxy.events["calm"] + 1), EVENTS)))
        proxy.event_faults |= {(name, number): EVENTS[fault] for name, (number, fault) in cases.items()}
        tell_together(api, story, list(cases), calm)
        assert until(proxy.quiet, what="the operator rests")


def test_any_child_may_be_deleted_or_edited_after_any_write(
    api: Api, proxy: Proxy, start: Start, story: Story
) -> None:
    with start():
        calm = undisturbed(api, proxy, story)
        numbers = range(1, len(proxy.writes["calm"]) + 1)
        pairs = [(victim, number) for number in numbers for victim in range(1, number + 1)]
        cases = sampled([(*pair, deed) for pair, deed in product(pairs, ("deleted", "edited"))])
        for name, (victim, number, deed) in cases.items():
            deed_of = partial(meddle, api, proxy, name, victim, deed)
            proxy.write_faults[name, number] = meddling(deed_of)
        tell_together(api, story, list(cases), calm, but_for=PASSING)
        assert until(proxy.quiet, what="the operator rests")


def is_over(api: Api, name: str) -> bool:
    """Whether only what outlives a vault is left of it, marked with the time, beside its backups."""
    left = endings(api, TOLD).get(name, {}).values()
    return all(
        each["kind"] == names.BACKUP_KIND
        or names.RETAINED_AT_ANNOTATION in (each["metadata"]["annotations"] or {})
        for each in left
    )


def test_whatever_befalls_a_deletion_the_data_are_kept_and_marked(
    api: Api, proxy: Proxy, start: Start, story: Story
) -> None:
    with start():
        calm = undisturbed(api, proxy, story)
        proxy.begin_again()
        api.delete("MediaVault", "calm")
        until(partial(is_over, api, "calm"), seconds=PATIENCE)
        until(proxy.quiet, what="the operator rests")
        left = endings(api, TOLD)["calm"]
        writes = product(range(1, len(proxy.writes["calm"]) + 1), ANSWERS)
        events = product(range(1, proxy.events["calm"] + 1), EVENTS)
        cases = sampled([*writes, *events], DELETIONS)
        tell_together(api, story, list(cases), calm)
        proxy.begin_again()
        for name, (number, fault) in cases.items():
            if fault in ANSWERS:
                proxy.write_faults[name, number] = ANSWERS[fault]
            else:
                proxy.event_faults[name, number] = EVENTS[fault]
            api.delete("MediaVault", name)
        assert other_ends(api, list(cases), left) == {}
        assert until(proxy.quiet, what="the operator rests")
