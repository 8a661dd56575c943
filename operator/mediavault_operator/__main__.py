"""`python -m mediavault_operator`: run the operator until it is told to stop."""

import argparse
import asyncio
import gc
import importlib.metadata
import logging
import os
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import kopf

from mediavault_operator import handlers, metrics, names
from mediavault_operator.engine import Engine
from mediavault_operator.framework import kopf_settings
from mediavault_operator.kube.access import login
from mediavault_operator.kube.client import Client
from mediavault_operator.kube.lease import Lease
from mediavault_operator.leadership import leading
from mediavault_operator.scraping import scraped
from mediavault_operator.settings import InvalidSettings, OperatorSettings

CONCURRENCY = 20
LEADERSHIP_LOST = 3
ALLOCATIONS = 50_000
"""Objects made before garbage is looked for: the caches hold nearly all of them, and to go through these
every 700 objects, as Python does untold, is a tenth of the work.
"""
_CHATTY = ("kopf.objects", "kopf.activities", "aiohttp.access")
_FLAGS: Mapping[str, tuple[str, str]] = {
    "--app-image": ("MEDIAVAULT_APP_IMAGE", "image of the app where a MediaVault names none"),
    "--postgres-image": ("MEDIAVAULT_POSTGRES_IMAGE", "image of managed databases"),
    "--watch-namespaces": ("MEDIAVAULT_WATCH_NAMESPACES", "comma-separated; every namespace where empty"),
    "--watch-classes": (
        "MEDIAVAULT_WATCH_CLASSES",
        "true or false; true where every namespace is served and nothing is written",
    ),
    "--image-pull-policy": ("MEDIAVAULT_IMAGE_PULL_POLICY", "Always, IfNotPresent or Never"),
    "--lease-namespace": (
        "MEDIAVAULT_LEASE_NAMESPACE",
        "namespace of the Lease; without one, run no other",
    ),
    "--lease-name": ("MEDIAVAULT_LEASE_NAME", "name of the Lease; mediavault-operator where empty"),
    "--liveness-port": ("MEDIAVAULT_LIVENESS_PORT", "port of /healthz; 8080 where empty"),
    "--usage-seconds": (
        "MEDIAVAULT_USAGE_SECONDS",
        "how often the use of a vault is read from its pods; 600 where empty, 0 for never",
    ),
    "--metrics-port": ("MEDIAVAULT_METRICS_PORT", "port of /metrics; 8081 where empty"),
    "--log-level": ("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR"),
    "--log-format": ("LOG_FORMAT", "json or plain"),
}


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT; 2 where the settings are wrong."""
    try:
        settings = OperatorSettings.from_env({**environ, **_flags(arguments)})
    except InvalidSettings as invalid:
        print(*invalid.problems, sep="\n", file=sys.stderr)  # noqa: T201 - there is no log yet
        return 2
    log_format = kopf.LogFormat.JSON if settings.log_format == "json" else kopf.LogFormat.FULL
    kopf.configure(
        verbose=settings.log_level == "DEBUG",
        quiet=settings.log_level in ("WARNING", "ERROR"),
        log_format=log_format,
    )
    if settings.log_level != "DEBUG":
        for chatty in _CHATTY:
            logging.getLogger(chatty).setLevel(logging.WARNING)
    gc.set_threshold(ALLOCATIONS)
    asyncio.run(run(settings))
    return 0


async def run(settings: OperatorSettings) -> None:
    """Run kopf with an engine of ours in this event loop, while no other operator leads."""
    framework = kopf_settings()
    engine = Engine(_client(framework, CONCURRENCY), settings, instance=socket.gethostname())
    async with scraped(settings.metrics_port), _leading(framework, settings):
        metrics.leading.set(1)
        await kopf.operator(
            registry=handlers.REGISTRY,
            settings=framework,
            memo=kopf.Memo(engine=engine),
            standalone=True,
            clusterwide=not settings.watch_namespaces,
            namespaces=settings.watch_namespaces,
            liveness_endpoint=f"http://0.0.0.0:{settings.liveness_port}/healthz",
        )


def _client(framework: kopf.OperatorSettings, concurrency: int) -> Client:
    return Client(
        lambda: login(framework),
        user_agent=f"{names.FIELD_MANAGER}/{version()}",
        field_manager=names.FIELD_MANAGER,
        concurrency=concurrency,
    )


@asynccontextmanager
async def _leading(framework: kopf.OperatorSettings, settings: OperatorSettings) -> AsyncIterator[None]:
    """Led by a client of its own: a renewal must not wait behind the engine's requests."""
    if not settings.lease_namespace:
        yield
        return
    client = _client(framework, 1)
    lease = Lease(
        client=client,
        namespace=settings.lease_namespace,
        name=settings.lease_name,
        identity=f"{socket.gethostname()}_{uuid.uuid4().hex[:8]}",
        clock=time.monotonic,
        now=lambda: datetime.now(UTC),
    )
    try:
        async with leading(lease, liveness_port=settings.liveness_port, lost=_end_at_once):
            yield
    finally:
        await client.close()


def _end_at_once() -> None:
    """Without another word to the API server, whose leader may be somebody else by now."""
    logging.shutdown()
    os._exit(LEADERSHIP_LOST)


def version() -> str:
    """The version of this distribution."""
    try:
        return importlib.metadata.version("mediavault")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _flags(arguments: Sequence[str]) -> Mapping[str, str]:
    parser = argparse.ArgumentParser(
        prog="python -m mediavault_operator",
        description="Keeps a complete media vault alive for every MediaVault resource. "
        "Each option can be given by an environment variable as well.",
    )
    for flag, (variable, text) in _FLAGS.items():
        parser.add_argument(flag, dest=variable, metavar="VALUE", help=f"{text} [{variable}]")
    given = vars(parser.parse_args(list(arguments)))
    return {name: value for name, value in given.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
