"""What a vault refers to is looked up before it is served, and a refusal to show it is an answer."""

import asyncio
import base64
from typing import Any

from mediavault_operator.kube.cache import Key
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.references import References, Target

KEY = Key("tenant", "photos")
SERVER = Target("Secret", "system", "server")
FORBIDDEN = {"reason": "Forbidden", "message": "secrets is forbidden"}


def listed(**values: str) -> Body:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"name": "server", "namespace": "system", "uid": "u", "resourceVersion": "1"}
    return {"metadata": {"resourceVersion": "1"}, "items": [{"metadata": metadata, "data": data}]}


async def test_a_secret_that_may_not_be_read_is_told_at_once_and_seen_when_it_may(
    client: Client, script: Any
) -> None:
    news: asyncio.Queue[Key] = asyncio.Queue()
    references = References(client, on_change=news.put_nowait)
    script.answer(403, FORBIDDEN)
    script.answer(200, listed(host="pg", username="steward", password="p"))
    script.answer(200, [])
    async with asyncio.timeout(5):
        await references.follow(KEY, [SERVER])
        refused = references.server(SERVER)
        assert (refused.found, refused.forbidden) == (False, True)
        while not references.server(SERVER).found:
            assert await news.get() == KEY
    allowed = references.server(SERVER)
    assert (allowed.forbidden, allowed.missing) == (False, ())
    assert allowed.address is not None
    assert allowed.address.host == "pg"
    references.close()


async def test_a_secret_that_is_not_there_is_an_answer_too(client: Client, script: Any) -> None:
    references = References(client, on_change=lambda _: None)
    script.answer(200, {"metadata": {"resourceVersion": "1"}, "items": []})
    script.answer(200, [])
    async with asyncio.timeout(5):
        await references.follow(KEY, [SERVER])
    assert (references.server(SERVER).found, references.server(SERVER).forbidden) == (False, False)
    references.close()
