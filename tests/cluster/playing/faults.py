"""What may become of a write, and of an event: the faults that the proxy plays."""

import asyncio
import json
from collections.abc import Callable

from playing.operator import Operator
from playing.proxy import Answer, Proxy, Send, Told, WriteFault


async def conflicting(send: Send) -> Answer:
    """Refused, as the object changed meanwhile."""
    return _refusal(409, "Conflict")


async def throttled(send: Send) -> Answer:
    """Refused, with a wish for patience."""
    return _refusal(429, "TooManyRequests", {"Retry-After": "1"})


async def failing(send: Send) -> Answer:
    """Refused, as the server is in trouble."""
    return _refusal(500, "InternalError")


async def reset(send: Send) -> None:
    """The connection ends before the write was made."""


async def unanswered(send: Send) -> None:
    """The write was made, and the connection ends."""
    await send()


ANSWERS = {
    "a conflict": conflicting,
    "throttled": throttled,
    "an error of the server": failing,
    "reset": reset,
    "made, and not answered": unanswered,
}


def killing(operator: Operator, proxy: Proxy, *, committed: bool) -> WriteFault:
    """The operator is killed before a write is made, or after it was `committed`."""

    async def kill(send: Send) -> None:
        if committed:
            await send()
        proxy.lives += 1
        operator.kill()

    return kill


def meddling(deed: Callable[[], None]) -> WriteFault:
    """Somebody does something as soon as the write was made, before the operator knows that it was."""

    async def meddle(send: Send) -> Answer:
        answer = await send()
        await asyncio.to_thread(deed)
        return answer

    return meddle


def cut(line: bytes) -> Told:
    """The connection ends, and the event with it."""
    return Told((), ends_in=0)


def dropped(line: bytes) -> Told:
    """The event and all that follow it get lost on a connection that only ends later."""
    return Told((), ends_in=1)


def twice(line: bytes) -> Told:
    """The event comes two times."""
    return Told((line, line))


def expired(line: bytes) -> Told:
    """Instead of the event, the server says that it knows no more what was."""
    status = {"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410, "message": "too old"}
    return Told((json.dumps({"type": "ERROR", "object": status}).encode(),), ends_in=0)


EVENTS = {"cut": cut, "dropped": dropped, "twice": twice, "expired": expired}


def _refusal(code: int, reason: str, headers: dict[str, str] | None = None) -> Answer:
    status = {"kind": "Status", "status": "Failure", "reason": reason, "code": code, "message": "played"}
    return Answer(code, json.dumps(status).encode(), {"Content-Type": "application/json", **(headers or {})})
