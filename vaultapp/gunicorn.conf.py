"""How gunicorn serves the app.

One process with many threads: a thread that waits for a slow reader costs little, a second process costs the
whole interpreter again, and more pods are the way to use more cores.
"""

import os
import sys
from pathlib import Path

from mediavault.config import AppConfig, InvalidConfig
from mediavault.vault.storage.errors import StorageUnavailable
from mediavault.vault.storage.files import FileStore
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
errorlog = "-"
# The front has a log of its own, and of its questions for permission there would be a line each.
accesslog = None if _config.front_socket else "-"
# Without the query, which may hold what belongs in no log; the path escaped, so that it cannot begin a line.
access_log_format = (
    '%(t)s %(h)s "%(m)s %({logged_path}e)s %(H)s" %(s)s %(B)s bytes %(L)s s request=%({x-request-id}o)s'
)


def on_starting(server: object) -> None:  # noqa: ARG001 - the hook's signature
    """A vault that cannot take anything does not start, and its last words say why."""
    try:
        wait_until_writable(FileStore(Path(_config.media_root)))
    except StorageUnavailable as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


def post_worker_init(worker: object) -> None:  # noqa: ARG001 - the hook's signature
    """A worker that replaces a killed one clears away what that one left, and goes on doing so."""
    from mediavault.vault.housekeeping import start_sweeping

    start_sweeping()


def worker_exit(server: object, worker: object) -> None:  # noqa: ARG001 - the hook's signature
    """The database server is told that its connections end."""
    from mediavault.database.base import close_idle_connections

    close_idle_connections()
