"""How the API server is reached: address, trust and credentials, as kopf's login finds them.

kopf asks the official client, which knows kubeconfig files with their plug-ins and the service account of
a pod.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import kopf

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """The API server's URL, the TLS context to reach it with, and the headers that say who we are."""

    server: str
    tls: ssl.SSLContext
    headers: Mapping[str, str]


async def connection(settings: kopf.OperatorSettings) -> kopf.ConnectionInfo:
    """Read the credentials afresh; raises `kopf.LoginError` where there are none."""
    info = await asyncio.to_thread(kopf.login_via_client, logger=log, settings=settings)
    if info is None:
        raise kopf.LoginError("the package `kubernetes` is not installed")
    return info


async def login(settings: kopf.OperatorSettings) -> Access:
    """The credentials, ready for use."""
    info = await connection(settings)
    tls = await asyncio.to_thread(info.as_ssl_context)
    return Access(server=info.server.rstrip("/"), tls=tls, headers=info.as_http_headers())
