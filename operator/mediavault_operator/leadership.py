"""One operator works, the others stand by: who leads, for how long, and what ends it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiohttp import web

from mediavault_operator.kube import errors
from mediavault_operator.kube.lease import HELD_SECONDS, Lease

log = logging.getLogger(__name__)

RENEW_SECONDS: Final = 2.0
RENEW_DEADLINE: Final = 10.0
"""Seconds without a renewal after which a leader is none: well before another may take the Lease."""


@asynccontextmanager
async def leading(lease: Lease, *, liveness_port: int, lost: Callable[[], None]) -> AsyncIterator[None]:
    """Wait until we lead, then hold the Lease for as long as the context lasts, and release it at its end.

    `lost` is called when it could not be renewed in time, after which nothing more may be written.
    """
    async with _alive(liveness_port):
        await _acquire(lease)
    log.info("leading, by the Lease %s/%s", lease.namespace, lease.name)
    keeping = asyncio.create_task(_keep(lease, lost), name="lease")
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        with suppress(errors.ApiError):
            await lease.release()


async def _acquire(lease: Lease) -> None:
    told = ""
    while not await _held(lease):
        if lease.holder != told:
            told = lease.holder
            log.info("standing by: %s leads", told)
        await asyncio.sleep(RENEW_SECONDS)


async def _keep(lease: Lease, lost: Callable[[], None]) -> None:
    renewed = lease.clock()
    while lease.clock() < renewed + RENEW_DEADLINE:
        await asyncio.sleep(RENEW_SECONDS)
        began = lease.clock()
        if await _held(lease, patience=max(0.1, renewed + RENEW_DEADLINE - began)):
            renewed = began
    log.error("the Lease was not renewed for %.0f s: another may lead, so this operator ends", RENEW_DEADLINE)
    lost()


async def _held(lease: Lease, *, patience: float = HELD_SECONDS) -> bool:
    try:
        async with asyncio.timeout(patience):
            return await lease.hold()
    except errors.ApiError as error:
        log.warning("the Lease could not be renewed: %s", error)
    except TimeoutError:
        log.warning("the Lease could not be renewed: no answer in time")
    return False


@asynccontextmanager
async def _alive(port: int) -> AsyncIterator[None]:
    """Answer the liveness probe of an operator that stands by; one that works answers by itself."""
    app = web.Application()
    app.router.add_get("/healthz", _standing_by)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104 - the kubelet asks from outside
    try:
        yield
    finally:
        await runner.cleanup()


async def _standing_by(_: web.Request) -> web.Response:
    return web.json_response({"leading": False})
