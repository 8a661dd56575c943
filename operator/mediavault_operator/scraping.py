"""Where Prometheus asks: /metrics on a port of its own, also while another operator leads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from mediavault_operator.metrics import REGISTRY


@asynccontextmanager
async def scraped(port: int) -> AsyncIterator[None]:
    """Answer for as long as the context lasts."""
    app = web.Application()
    app.router.add_get("/metrics", _figures)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104 - Prometheus asks from outside
    try:
        yield
    finally:
        await runner.cleanup()


async def _figures(_: web.Request) -> web.Response:
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
