"""How gunicorn serves the app.

One process with many threads: a thread that waits for a slow reader costs little, a second process costs the
whole interpreter again, and more pods are the way to use more cores.
"""

import os
import sys
from pathlib import Path

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from mediavault.config import AppConfig, InvalidConfig
from mediavault.logs import logging_config
from mediavault.vault.storage.current import chosen_store
from mediavault.vault.storage.errors import StorageUnavailable
from mediavault.vault.storage.readiness import wait_until_writable

try:
    _config = AppConfig.from_env(os.environ)
except InvalidConfig as _error:
    sys.stderr.write(f"{_error}\n")
    sys.exit(2)

bind = [f"unix:{_config.front_socket}" if _config.front_socket else "0.0.0.0:8000"]
worker_class = "mediavault.http.threads.BoundedThreadWorker"
workers = 1
threads = _config.web_threads
worker_connections = 1000
backlog = 512

# A worker that does not answer the arbiter for this long is replaced; requests themselves may take longer.
timeout = 60
# Above the 60 s that load balancers commonly keep idle connections for.
keepalive = 75
# What a pod's terminationGracePeriodSeconds must exceed.
graceful_timeout = 25

sendfile = True
# The heartbeat file must not stand on a disk: a slow one would look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn names it safely
control_socket_disable = True

# As the front's, so that both refuse the same.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# Which proxies may speak of TLS is Django's to judge, by SECURE_PROXY_SSL_HEADER; gunicorn would believe
# whoever comes by a socket.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

loglevel = _config.log_level.lower()
logconfig_dict = logging_config(form=_config.log_format, level=_config.log_level)


class _Log(Logger):  # type: ignore[misc] # gunicorn has no types
    """The app tells of requests itself: it knows the route and the user, and when the answer was sent."""

    # With a logging configuration gunicorn would gather all that a line could tell, for no line.
    access_log_enabled = False


logger_class = _Log


def on_starting(server: object) -> None:  # noqa: ARG001 - the hook's signature
    """A vault that cannot take anything does not start, and its last words say why.

    A child looks, so that what the store takes of memory goes with it.
    """
    child = os.fork()
    if child == 0:
        os._exit(_look_at_store())
    if os.waitpid(child, 0)[1]:
        sys.exit(2)


def _look_at_store() -> int:
    store = chosen_store(_config.s3, Path(_config.media_root), largest=_config.max_upload_size)
    try:
        wait_until_writable(store)
    except StorageUnavailable as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        return 1
    return 0


def post_worker_init(worker: object) -> None:  # noqa: ARG001 - the hook's signature
    """A worker that replaces a killed one clears away what that one left, and goes on doing so."""
    from mediavault.http.metrics import serve_metrics
    from mediavault.vault.housekeeping import start_sweeping
    from mediavault.vault.usage import UsageCollector

    start_sweeping()
    if _config.metrics_port:
        serve_metrics(_config.metrics_port, UsageCollector())


def worker_exit(server: object, worker: object) -> None:  # noqa: ARG001 - the hook's signature
    """The database server is told that its connections end."""
    from mediavault.database.base import close_idle_connections

    close_idle_connections()
