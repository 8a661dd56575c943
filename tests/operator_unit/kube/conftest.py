"""An API server that answers as it is told, over real HTTP: for what a real one does too rarely."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mediavault_operator.kube.access import Access
from mediavault_operator.kube.client import Client


class Script:
    """Answers in turn, a list of watch events line by line; the last answer is repeated."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.asked: list[web.Request] = []
        self.logins = 0
        self._news = asyncio.Event()

    async def until_asked(self, times: int) -> None:
        """Return when so many requests have come; fails after a few seconds."""
        async with asyncio.timeout(5):
            while len(self.asked) < times:
                self._news.clear()
                await self._news.wait()

    def answer(self, status: int, body: Any, **headers: str) -> None:
        """Add an answer; in header names `_` stands for `-`."""
        self.answers.append((status, body, {name.replace("_", "-"): text for name, text in headers.items()}))

    async def serve(self, request: web.Request) -> web.Response:
        """The next answer."""
        self.asked.append(request)
        self._news.set()
        status, body, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        lines = body if isinstance(body, list) else [body]
        text = "\n".join(map(json.dumps, lines)) + "\n"
        return web.Response(status=status, text=text, headers=headers)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def client(script: Script) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", script.serve)
    server = TestServer(app)
    await server.start_server()

    async def login() -> Access:
        script.logins += 1
        headers = {"Authorization": f"Bearer {script.logins}"}
        return Access(str(server.make_url("")).rstrip("/"), ssl.create_default_context(), headers)

    client = Client(login, user_agent="us/1", field_manager="us", concurrency=2)
    yield client
    await client.close()
    await server.close()
