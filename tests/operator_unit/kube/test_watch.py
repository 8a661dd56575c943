"""A watch goes on where it was, lists again what it cannot know, and tells all that it saw."""

import asyncio
from typing import Any

import pytest

from mediavault_operator.kube import resources
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.watch import Scope, Watch, trimmed

SCOPE = Scope(resources.SERVICE, "ns", {"labelSelector": "a=b"})


class Seen:
    """What a watch told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:
        names = [each["metadata"]["name"] for each in objects]
        self.told.append(("list", (names, resource_version)))

    def changed(self, scope: Scope, obj: Body) -> None:
        self.told.append(("changed", obj["metadata"]["name"]))

    def removed(self, scope: Scope, obj: Body) -> None:
        self.told.append(("removed", obj["metadata"]["name"]))


def service(name: str, version: str) -> Body:
    return {"metadata": {"name": name, "namespace": "ns", "uid": name, "resourceVersion": version}}


def page(*objects: Body, version: str, more: str = "") -> Body:
    return {"metadata": {"resourceVersion": version, "continue": more}, "items": list(objects)}


def event(kind: str, obj: Body) -> Body:
    return {"type": kind, "object": obj}


async def follow(client: Client, script: Any, requests: int) -> Seen:
    """Let a watch run until it has made so many requests."""
    seen = Seen()
    task = asyncio.create_task(Watch(client, SCOPE, seen).run())
    await script.until_asked(requests)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return seen


async def test_it_lists_page_by_page_and_tells_the_whole_at_once(client: Client, script: Any) -> None:
    script.answer(200, page(service("a", "1"), version="9", more="next"))
    script.answer(200, page(service("b", "2"), version="9"))
    script.answer(200, [])
    seen = await follow(client, script, 3)
    assert seen.told[0] == ("list", (["a", "b"], "9"))
    assert script.asked[1].query["continue"] == "next"


async def test_it_watches_from_where_the_list_ended(client: Client, script: Any) -> None:
    script.answer(200, page(version="9"))
    script.answer(200, [event("ADDED", service("a", "10")), event("DELETED", service("a", "11"))])
    script.answer(200, [])
    seen = await follow(client, script, 3)
    assert seen.told == [("list", ([], "9")), ("changed", "a"), ("removed", "a")]
    assert [asked.query.get("resourceVersion") for asked in script.asked[1:3]] == ["9", "11"]
    assert script.asked[1].query["labelSelector"] == "a=b"


async def test_a_bookmark_moves_it_on_and_is_not_told(client: Client, script: Any) -> None:
    script.answer(200, page(version="9"))
    script.answer(200, [event("BOOKMARK", {"metadata": {"resourceVersion": "50"}})])
    script.answer(200, [])
    seen = await follow(client, script, 3)
    assert seen.told == [("list", ([], "9"))]
    assert script.asked[2].query["resourceVersion"] == "50"


async def test_it_resumes_where_it_was_after_an_error_of_the_server(client: Client, script: Any) -> None:
    script.answer(200, page(version="9"))
    script.answer(200, [event("ADDED", service("a", "10"))])
    script.answer(503, {"message": "busy"})
    script.answer(200, [])
    await follow(client, script, 4)
    assert [asked.query.get("resourceVersion") for asked in script.asked[1:4]] == ["9", "10", "10"]


@pytest.mark.parametrize("inside", [True, False])
async def test_lost_history_is_listed_again(client: Client, script: Any, inside: bool) -> None:
    gone = {"code": 410, "reason": "Expired", "message": "too old"}
    script.answer(200, page(service("a", "1"), version="9"))
    if inside:
        script.answer(200, [event("ERROR", gone)])
    else:
        script.answer(410, gone)
    script.answer(200, page(version="70"))
    script.answer(200, [])
    seen = await follow(client, script, 4)
    assert seen.told == [("list", (["a"], "9")), ("list", ([], "70"))]


async def test_the_first_list_is_tried_until_it_succeeds(client: Client, script: Any) -> None:
    script.answer(403, {"message": "no right"})
    script.answer(200, page(version="9"))
    script.answer(200, [])
    seen = await follow(client, script, 3)
    assert seen.told == [("list", ([], "9"))]


def test_of_a_pod_only_what_the_status_needs_is_kept() -> None:
    spec = {"containers": [{"name": "web", "image": "app:1", "env": [{"name": "A"}]}], "volumes": [{}]}
    metadata = {"name": "p", "managedFields": [{}], "labels": {"a": "b"}}
    kept = trimmed(resources.POD, {"metadata": metadata, "spec": spec, "status": {"phase": "Running"}})
    assert kept["spec"] == {"containers": [{"name": "web"}]}
    assert kept["metadata"] == {"name": "p", "labels": {"a": "b"}}
    assert kept["status"] == {"phase": "Running"}
