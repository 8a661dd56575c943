"""What kopf calls: each handler only tells the engine, which stands in kopf's memo."""

from typing import Any

import kopf

from mediavault_operator import names
from mediavault_operator.kube.access import connection

REGISTRY = kopf.OperatorRegistry()


@kopf.on.login(registry=REGISTRY)
async def login(settings: kopf.OperatorSettings, **_: Any) -> kopf.ConnectionInfo:
    """The same credentials that our own client has."""
    return await connection(settings)


@kopf.on.startup(registry=REGISTRY)
async def start(memo: kopf.Memo, **_: Any) -> None:
    """Fill the caches and begin to work."""
    await memo.engine.start()


@kopf.on.cleanup(registry=REGISTRY)
async def stop(memo: kopf.Memo, **_: Any) -> None:
    """End all work."""
    await memo.engine.stop()


@kopf.on.probe(registry=REGISTRY, id="oldest_change_seconds", errors=kopf.ErrorsMode.PERMANENT)
async def probe(memo: kopf.Memo, **_: Any) -> float:
    """Fail where a change has been waiting for too long."""
    return round(float(memo.engine.check()), 1)


@kopf.on.event(names.GROUP, names.VERSION, names.PLURAL, registry=REGISTRY)
async def changed(event: kopf.RawEvent, memo: kopf.Memo, **_: Any) -> None:
    """Every piece of news of a MediaVault makes it due; what to do is found out by looking."""
    if event["type"] == "DELETED":
        memo.engine.gone(dict(event["object"]))
    else:
        memo.engine.seen(dict(event["object"]))
