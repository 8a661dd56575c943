"""Reading figures from pods: slowly, bounded, and a vault is due only for news."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mediavault_operator import names
from mediavault_operator.kube import usage
from mediavault_operator.kube.cache import Cache, Key, Vaults
from mediavault_operator.kube.usage import Usages

KEY = Key("tenant", "photos")
FIGURES = """mediavault_files{group="image"} 2.0
mediavault_file_bytes{group="image"} 9.0
mediavault_users 1.0
"""


class Pod:
    """A pod that answers /metrics with `text`, and counts how often it was asked."""

    def __init__(self) -> None:
        self.text = FIGURES
        self.asked = 0
        self.port = 0
        self.news = asyncio.Event()

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        self.news.set()
        return web.Response(text=self.text)

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(5):
            while self.asked < times:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def pod() -> AsyncIterator[Pod]:
    pod = Pod()
    app = web.Application()
    app.router.add_get("/metrics", pod.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        pod.port = server.port or 0
        yield pod


def vault(*, ready: str = "True") -> dict[str, Any]:
    metadata = {"namespace": "tenant", "name": "photos", "uid": "u", "resourceVersion": "1"}
    return {"metadata": metadata, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


def web_pod(*, ready: str = "True") -> dict[str, Any]:
    metadata = {"namespace": "tenant", "name": "photos-1", "uid": "p", "resourceVersion": "1"}
    return {
        "kind": "Pod",
        "metadata": {**metadata, "labels": names.labels("photos", names.WEB)},
        "status": {"podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": ready}]},
    }


class Reading:
    """A running reader of one vault, and the vaults that it made due."""

    def __init__(self, port: int, body: dict[str, Any], *, period: float, obj: dict[str, Any]) -> None:
        self.due: list[Key] = []
        self.news = asyncio.Event()
        vaults, cache = Vaults(), Cache(label=names.VAULT_LABEL, on_change=lambda _: None)
        vaults.put(body)
        cache.put(obj, key=KEY)
        self.usages = Usages(vaults=vaults, cache=cache, period=period, port=port, on_change=self._due)
        self._task = asyncio.create_task(self.usages.run())

    def _due(self, key: Key) -> None:
        self.due.append(key)
        self.news.set()

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_a_vault_is_due_when_its_pod_tells_something_new(pod: Pod) -> None:
    reading = Reading(pod.port, vault(), period=0.1, obj=web_pod())
    async with asyncio.timeout(5):
        await reading.news.wait()
    await reading.end()
    seen = reading.usages.of(KEY)
    assert seen is not None
    assert (seen.files, seen.bytes, seen.users) == (2, {"image": 9}, 1)
    assert set(reading.due) == {KEY}


async def test_what_the_status_tells_already_makes_nothing_due(pod: Pod) -> None:
    body = vault()
    body["status"]["usage"] = {"files": 2, "bytes": {"image": 9}, "users": 1}
    reading = Reading(pod.port, body, period=0.05, obj=web_pod())
    await pod.until_asked(4)
    await reading.end()
    assert reading.due == []


@pytest.mark.parametrize("text", ["nonsense", "mediavault_users 2\n" + "#" * 200])
async def test_nonsense_and_endless_answers_are_dropped(
    pod: Pod, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(usage, "_LARGEST", 100)
    pod.text = text
    reading = Reading(pod.port, vault(), period=0.05, obj=web_pod())
    await pod.until_asked(4)
    await reading.end()
    assert (reading.due, reading.usages.of(KEY)) == ([], None)


@pytest.mark.parametrize(
    ("body", "obj", "period"),
    [
        (vault(ready="False"), web_pod(), 0.02),
        (vault(), web_pod(ready="False"), 0.02),
        (vault(), web_pod(), 0),
    ],
)
async def test_only_what_is_ready_is_asked_and_nothing_where_it_is_switched_off(
    pod: Pod, body: dict[str, Any], obj: dict[str, Any], period: float
) -> None:
    reading = Reading(pod.port, body, period=period, obj=obj)
    await asyncio.sleep(0.2)
    await reading.end()
    assert pod.asked == 0
