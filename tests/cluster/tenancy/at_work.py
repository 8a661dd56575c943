"""Tenants who go on working while something is done to their vault, and what their requests came to."""

import base64
import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tenancy.vault import Tenant

# Between the requests of one tenant: two cores also run the cluster.
PAUSE_SECONDS = 0.1
TIMEOUT = (5, 60)
PART = 48 * 1024
# More than kernel buffers take in advance, so that its reader is really waited for.
FILM = 24 * 2**20
FILM_PIECE = 2**20
_TUS = {"Tus-Resumable": "1.0.0"}
_NAME = base64.b64encode(b"in parts.bin").decode()
_BEGIN = {**_TUS, "Upload-Metadata": f"filename {_NAME},on_conflict {base64.b64encode(b'rename').decode()}"}
_BYTES = {**_TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass
class Record:
    """What requests came to: those answered as they should be, by what they were for, what was wrong with the
    others, and the SHA-256 of each file that the vault said it has, by its id.
    """

    answered: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    kept: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Tenant:
    """One tenant, who asks for one thing again and again over a connection that is kept."""

    url: str
    http: requests.Session
    record: Record

    def lists(self, film: int) -> None:
        """See what there is."""
        assert self._ask("GET", "/api/files/?page_size=50").json()

    def reads(self, film: int) -> None:
        """Read a part of the film."""
        piece = self._ask("GET", f"/api/files/{film}/stream/", headers={"Range": "bytes=0-99999"})
        assert len(piece.content) == 100_000

    def comes_anew(self, film: int) -> None:
        """Ask over a connection that is new."""
        self._ask("GET", f"/api/files/{film}/", headers={"Connection": "close"})

    def watches(self, film: int) -> None:
        """Read the whole film at a film's pace, and compare it."""
        digest = hashlib.sha256()
        with self._ask("GET", f"/api/files/{film}/download/", stream=True) as answer:
            for piece in answer.iter_content(FILM_PIECE):
                digest.update(piece)
                time.sleep(PAUSE_SECONDS)
        assert digest.hexdigest() == self.record.kept[film], "other bytes"

    def puts(self, film: int, *, size: int = PART) -> None:
        """Upload a file at once."""
        content = secrets.token_bytes(size)
        answer = self._ask("PUT", f"/api/upload/{secrets.token_hex(8)}.bin", data=content)
        self._keep(answer.json()["id"], content)

    def resumes(self, film: int) -> None:
        """Upload a file in two parts, which may come to two pods."""
        content = secrets.token_bytes(2 * PART)
        began = self._ask("POST", "/api/uploads/", headers={**_BEGIN, "Upload-Length": str(len(content))})
        path = began.headers["Location"].removeprefix(self.url)
        for offset in (0, PART):
            part = {
                "data": content[offset : offset + PART],
                "headers": {**_BYTES, "Upload-Offset": str(offset)},
            }
            answer = self._ask("PATCH", path, **part)
        self._keep(int(answer.headers["X-File-Id"]), content)

    def _ask(self, method: str, path: str, **options: object) -> requests.Response:
        answer = self.http.request(method, f"{self.url}{path}", timeout=TIMEOUT, **options)  # type: ignore[arg-type]
        assert answer.ok, f"{answer.status_code} {answer.text}"
        return answer

    def _keep(self, file: int, content: bytes) -> None:
        self.record.kept[file] = hashlib.sha256(content).hexdigest()


@contextmanager
def at_work(tenant: Tenant) -> Iterator[Record]:
    """Tenants work in the vault from the block's beginning to its end, each ending what it has begun."""
    record, over = Record(), threading.Event()
    _worker(tenant, record, requests.Session()).puts(0, size=FILM)
    (film,) = record.kept

    def work(name: str) -> None:
        with requests.Session() as http:
            act: Callable[[int], None] = getattr(_worker(tenant, record, http), name)
            while not over.wait(PAUSE_SECONDS):
                began = time.monotonic()
                try:
                    act(film)
                except (requests.RequestException, AssertionError) as error:
                    after = time.monotonic() - began
                    record.broken.append(f"{time.strftime('%X')} {name}, after {after:.1f} s: {error}")
                else:
                    record.answered[name] += 1

    tasks = ("lists", "reads", "comes_anew", "watches", "puts", "resumes")
    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(work, name) for name in tasks]
        try:
            yield record
        finally:
            over.set()
    for each in running:
        each.result()


def _worker(tenant: Tenant, record: Record, http: requests.Session) -> _Tenant:
    http.headers.update(tenant.http.headers)
    return _Tenant(tenant.url, http, record)
