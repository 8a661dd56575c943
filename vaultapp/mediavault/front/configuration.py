"""nginx's configuration, made of the app's. Pure but for the template beside it."""

import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Final

from mediavault.config import FrontConfig, InvalidConfig
from mediavault.front.pages import error_pages, pages
from mediavault.front.protocol import ASKS, COPIED, PEER, PERMISSION, SIZE, SIZE_DIGITS, STORED

# How long answers may still take once the front is told to end.
SHUTDOWN_SECONDS: Final = 25
# What multipart's own lines may add to a body; the app counts the file itself.
_SLACK: Final = 2 * 1024 * 1024
# nginx would read a dollar as the beginning of a variable.
_PLAIN_PATH: Final = re.compile(r"/[\w./+@-]*", re.ASCII)
# Of "first-last/size", all with as many digits: first is less than size, and not more than last.
_SATISFIABLE: Final = (
    "(?=([0-9]*)(?:" + "|".join(rf"{n}[0-9]*-[0-9]*/\1[{n + 1}-9]" for n in range(9)) + "))"
    "(?!([0-9]*)(?:" + "|".join(rf"{n}[0-9]*-\2[0-{n - 1}]" for n in range(1, 10)) + "))"
)


def nginx_configuration(config: FrontConfig, *, folder: str, listen: str) -> str:
    """The text of nginx.conf; `folder` is where nginx may write, `listen` an address and port.

    Raises InvalidConfig where a path cannot stand in it.
    """
    _check(config)
    template = resources.files("mediavault.front").joinpath("nginx.conf").read_text("utf-8")
    return template % {
        "app_headers": _lines(8, _app_headers('""')),
        "body_size": config.max_upload_size + _SLACK,
        "cache_key": _cache_key(config),
        "captured": _lines(12, _captured()),
        "copied": _lines(12, (f"add_header {name} {_variable(name)};" for name in COPIED)),
        "error_pages": _lines(8, error_pages(uploads=False)),
        "fields_size": config.data_upload_max_memory_size + _SLACK,
        "folder": folder,
        "listen": listen,
        "media_root": config.media_root,
        "nines": "9" * SIZE_DIGITS,
        "pages": _lines(8, pages(config.max_upload_size)),
        "permission_headers": _lines(12, _app_headers(PERMISSION)),
        "pid_file": pid_file(config),
        "satisfiable": _SATISFIABLE,
        "shutdown_seconds": SHUTDOWN_SECONDS,
        "size": _variable(SIZE),
        "socket": config.front_socket,
        "stored": _variable(STORED),
        "upload_error_pages": _lines(12, error_pages(uploads=True)),
        # Some threads always stay free of those who send slowly.
        "uploads": max(1, config.web_threads * 3 // 4),
        "zero": "0" * SIZE_DIGITS,
    }


def pid_file(config: FrontConfig) -> Path:
    """Where nginx's process id stands while it runs: beside the socket, for the app's container to see."""
    return Path(config.front_socket).with_name("front.pid")


def _check(config: FrontConfig) -> None:
    paths = {"MEDIA_ROOT": config.media_root, "FRONT_SOCKET": config.front_socket}
    problems = tuple(
        f"{name} is {path!r}: before the front it may have letters, digits and ./+@-_ only."
        for name, path in paths.items()
        if not _PLAIN_PATH.fullmatch(path)
    )
    if problems:
        raise InvalidConfig(problems)


def _app_headers(asks: str) -> Iterable[str]:
    told = {
        "Connection": '""',
        "Host": "$http_host",
        "X-Request-ID": "$front_request_id",
        PEER: "$remote_addr",
        ASKS: asks,
    }
    return (f"proxy_set_header {name} {value};" for name, value in told.items())


def _cache_key(config: FrontConfig) -> str:
    """All of a request that the app's answer depends on; no header can hold the line break between them."""
    by_tls = config.secure_proxy_ssl_header
    parts = ["$http_host", "$http_authorization", "$http_cookie", "$request_uri"]
    if by_tls:
        parts.append(f"$http_{_underscored(by_tls)}")
    return r"\n".join(parts)


def _captured() -> Iterable[str]:
    for name in (STORED, SIZE, *COPIED):
        yield f"auth_request_set {_variable(name)} $upstream_http_{_underscored(name)};"


def _variable(header: str) -> str:
    return f"$front_{_underscored(header)}"


def _underscored(header: str) -> str:
    return header.lower().replace("-", "_")


def _lines(indent: int, lines: Iterable[str]) -> str:
    return "\n".join(" " * indent + line for line in lines)
