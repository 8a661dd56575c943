"""The clients: one connection that asks in turn, bodies sent by the kernel, and wrk."""

import hashlib
import http.client
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.machine import client_cpu, pinned
from benchmarks.measure import Void
from benchmarks.programs import program

_REPORT = Path(__file__).parent / "clients" / "report.lua"
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """A whole answer that was not refused."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Client:
    """One keep-alive connection to a server of the loopback; what is refused is Void."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = dict(headers or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request with its whole answer; `_` in the names of headers stands for `-`."""
        told = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, told)
        return self._answer(f"{method} {path}")

    def status(self, path: str, **headers: str) -> int:
        """What a GET is answered with, refusals included."""
        told = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request("GET", path, headers=told)
        response = self._connection.getresponse()
        response.read()
        return response.status

    def digest(self, path: str, **headers: str) -> tuple[str, int]:
        """SHA-256 and length of what a GET gives."""
        digest, length = hashlib.sha256(), 0
        for piece in self._pieces(path, headers):
            digest.update(piece)
            length += len(piece)
        return digest.hexdigest(), length

    def drain(self, path: str) -> int:
        """The length of what a GET gives, which is thrown away."""
        return sum(len(piece) for piece in self._pieces(path, {}))

    def _pieces(self, path: str, headers: Mapping[str, str]) -> Iterator[memoryview]:
        told = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request("GET", path, headers=told)
        response = self._connection.getresponse()
        if not 200 <= response.status < 300:
            raise Void(f"GET {path} was answered {response.status}: {response.read(120)!r}")
        piece = memoryview(bytearray(_PIECE))
        while length := response.readinto(piece):
            yield piece[:length]

    def send(
        self, method: str, path: str, file: Path, *, before: bytes = b"", after: bytes = b"", **headers: str
    ) -> Answer:
        """A request whose body is `before`, the file sent by the kernel, and `after`."""
        size = file.stat().st_size
        told = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self._connection
        connection.putrequest(method, path)
        for name, value in told.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(before) + size + len(after)))
        connection.endheaders(before or None)
        with file.open("rb") as source:
            connection.sock.sendfile(source)
        if after:
            connection.send(after)
        return self._answer(f"{method} {path}")

    def _answer(self, asked: str) -> Answer:
        response = self._connection.getresponse()
        body = response.read()
        if not 200 <= response.status < 300:
            raise Void(f"{asked} was answered {response.status}: {body[:120]!r}")
        return Answer(response.status, response.headers, body)


@dataclass(frozen=True)
class Load:
    """What wrk did: requests that were answered, and bytes that came."""

    requests: int
    bytes: int


def wrk(
    url: str, *, seconds: int, connections: int, headers: Mapping[str, str], script: Path | None = None
) -> Load:
    """Load from the clients' CPU for so long; Void where anything was refused or broke off."""
    told = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30"]
    command += [*told, "-s", str(script or _REPORT), url]
    done = subprocess.run(
        pinned(client_cpu(), command),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
        env={**os.environ, "LUA_PATH": f"{_REPORT.parent}/?.lua;;"},
    )
    told_last = json.loads(done.stdout.splitlines()[-1])
    if told_last["refused"] or told_last["broken"]:
        raise Void(f"{url}: {told_last['refused']} answers refused, {told_last['broken']} broken off")
    return Load(requests=told_last["requests"], bytes=told_last["bytes"])
