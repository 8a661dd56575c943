"""nginx serving files by sendfile and taking them by DAV PUT: the reference of delivery and uploads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Tree, free_port, listening, serving
from benchmarks.programs import program

_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  default_type application/octet-stream;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 0;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/root;
    location /put/ {{ dav_methods PUT; }}
  }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx and the folder that it serves; what is put stands in its folder `put`."""

    port: int
    tree: Tree
    root: Path


@contextmanager
def nginx(folder: Path) -> Iterator[Nginx]:
    """nginx with one process and without an access log, for the block."""
    root = folder / "root"
    (root / "put").mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(folder=folder, port=port, user="user root;" if os.getuid() == 0 else ""))
    command = [program("nginx"), "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    with serving(command, log=folder / "nginx.log", ready=listening(port)) as tree:
        yield Nginx(port, tree, root)
