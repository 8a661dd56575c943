"""`python -m mediavault_operator`: run the operator until it is told to stop."""

import argparse
import asyncio
import importlib.metadata
import logging
import os
import socket
import sys
from collections.abc import Mapping, Sequence

import kopf

from mediavault_operator import handlers, names
from mediavault_operator.engine import Engine
from mediavault_operator.framework import kopf_settings
from mediavault_operator.kube.access import login
from mediavault_operator.kube.client import Client
from mediavault_operator.settings import InvalidSettings, OperatorSettings

CONCURRENCY = 20
_CHATTY = ("kopf.objects", "kopf.activities", "aiohttp.access")
_FLAGS: Mapping[str, tuple[str, str]] = {
    "--app-image": ("MEDIAVAULT_APP_IMAGE", "image of the app where a MediaVault names none"),
    "--postgres-image": ("MEDIAVAULT_POSTGRES_IMAGE", "image of managed databases"),
    "--watch-namespaces": ("MEDIAVAULT_WATCH_NAMESPACES", "comma-separated; every namespace where empty"),
    "--image-pull-policy": ("MEDIAVAULT_IMAGE_PULL_POLICY", "Always, IfNotPresent or Never"),
    "--liveness-port": ("MEDIAVAULT_LIVENESS_PORT", "port of /healthz; 8080 where empty"),
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
    asyncio.run(run(settings))
    return 0


async def run(settings: OperatorSettings) -> None:
    """Run kopf with an engine of ours in this event loop."""
    framework = kopf_settings()
    client = Client(
        lambda: login(framework),
        user_agent=f"{names.FIELD_MANAGER}/{version()}",
        field_manager=names.FIELD_MANAGER,
        concurrency=CONCURRENCY,
    )
    engine = Engine(client, settings, instance=socket.gethostname())
    await kopf.operator(
        registry=handlers.REGISTRY,
        settings=framework,
        memo=kopf.Memo(engine=engine),
        standalone=True,
        clusterwide=not settings.watch_namespaces,
        namespaces=settings.watch_namespaces,
        liveness_endpoint=f"http://0.0.0.0:{settings.liveness_port}/healthz",
    )


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
