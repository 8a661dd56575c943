"""100 MB coming in: by tus, by a raw PUT, and by forms, eight at once."""

import hashlib
import json
import shutil
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from benchmarks import vault
from benchmarks.client import Client
from benchmarks.content import HUNDRED_MB, random_file, unique
from benchmarks.instance import Instance, fresh_instance
from benchmarks.measure import GIGA, Finding, Goal, NotAvailable, Pair, Sample, Void, absolute, costs
from benchmarks.pairs import Run
from benchmarks.postgres import postgres
from benchmarks.processes import Watched, sample
from benchmarks.references.django import Stock, stock
from benchmarks.references.nginx import Nginx, nginx
from benchmarks.references.tusd import UPLOADS, Tusd, tusd

_TIMES: Final = 5
_AT_ONCE: Final = 8
_TUS: Final = "1.0.0"
_MB: Final = 1e6

Send = Callable[[Client, Path, bytes], str]


def tus(run: Run) -> Iterator[Finding]:
    """Creation and one PATCH of 100 MB beside tusd's."""
    file = random_file(run.folder / "content" / "hundred.bin", HUNDRED_MB)
    with (
        postgres(run.folder) as server,
        fresh_instance(server, run.folder / "vault") as ours,
        tusd(run.folder / "tusd-uploads") as reference,
    ):
        _check_offered(ours, "OPTIONS", "/api/uploads/")
        pairs = run.alternate(
            lambda: _ours(ours, file, _tus_into("/api/uploads/")),
            lambda: _tusd(reference, file),
            lambda: _compare(ours, file, _tus_into("/api/uploads/")),
        )
    yield _finding("tus PATCH", pairs)


def put(run: Run) -> Iterator[Finding]:
    """A raw PUT of 100 MB beside tusd's PATCH, and beside nginx's DAV PUT."""
    file = random_file(run.folder / "content" / "hundred.bin", HUNDRED_MB)
    with (
        postgres(run.folder) as server,
        fresh_instance(server, run.folder / "vault") as ours,
        tusd(run.folder / "tusd-uploads") as reference,
        nginx(run.folder / "nginx") as dav,
    ):
        pairs = run.alternate(
            lambda: _ours(ours, file, _put),
            lambda: _tusd(reference, file),
            lambda: _compare(ours, file, _put),
        )
        beside_dav = run.alternate(lambda: _ours(ours, file, _put), lambda: _dav(dav, file))
    note = f"{statistics.median(costs(beside_dav)):.2f}x of nginx DAV PUT, {absolute(beside_dav, 's/GB')}"
    yield _finding("raw PUT", pairs, note)


def _finding(work: str, pairs: tuple[Pair, ...], *more: str) -> Finding:
    title = f"upload of 100 MB by {work}: CPU per GB"
    note = "; ".join((absolute(pairs, "s/GB"), *more))
    return Finding(title, "tusd PATCH", Goal(0.85), costs(pairs), note)


def _check_offered(ours: Instance, method: str, path: str) -> None:
    try:
        with ours.client() as client:
            client.ask(method, path, Tus_Resumable=_TUS)
    except Void as refusal:
        raise NotAvailable(str(refusal)) from refusal


def _tus_into(uploads: str) -> Send:
    def send(client: Client, file: Path, first: bytes) -> str:
        size = file.stat().st_size + len(first)
        name = "dXBsb2FkLmJpbg=="  # upload.bin
        made = client.ask(
            "POST",
            uploads,
            b"",
            Upload_Length=str(size),
            Upload_Metadata=f"filename {name}, on_conflict cmVuYW1l",
            Tus_Resumable=_TUS,
        )
        path = urlsplit(made.headers["Location"]).path
        answer = client.send(
            "PATCH",
            path,
            file,
            before=first,
            Content_Type="application/offset+octet-stream",
            Upload_Offset="0",
            Tus_Resumable=_TUS,
        )
        if answer.headers["Upload-Offset"] != str(size):
            raise Void(f"{path} has {answer.headers['Upload-Offset']} of {size} bytes")
        return path

    return send


def _put(client: Client, file: Path, first: bytes) -> str:
    told = "application/octet-stream"
    client.send("PUT", f"/api/upload/{first.hex()}.bin", file, before=first, Content_Type=told)
    return ""


def _ours(ours: Instance, file: Path, send: Send) -> Sample:
    def work() -> float:
        with ours.client() as client:
            for _ in range(_TIMES):
                send(client, file, unique())
        return _TIMES * HUNDRED_MB / GIGA

    found = sample(ours.trees, work)
    with ours.client() as client:
        _delete_all(client)
    return found


def _tusd(reference: Tusd, file: Path) -> Sample:
    def work() -> float:
        with Client(reference.port) as client:
            for _ in range(_TIMES):
                _tus_into(UPLOADS)(client, file, unique())
        return _TIMES * HUNDRED_MB / GIGA

    found = sample([reference.tree], work)
    for upload in reference.folder.iterdir():
        upload.unlink()
    return found


def _dav(reference: Nginx, file: Path) -> Sample:
    def work() -> float:
        with Client(reference.port) as client:
            for number in range(_TIMES):
                client.send("PUT", f"/put/{number}", file, before=unique())
        return _TIMES * HUNDRED_MB / GIGA

    found = sample([reference.tree], work)
    for upload in (reference.root / "put").iterdir():
        upload.unlink()
    return found


def _compare(ours: Instance, file: Path, send: Send) -> None:
    """Void where what comes back is not what was sent."""
    with ours.client() as client:
        first = unique()
        send(client, file, first)
        sent = hashlib.sha256(first + file.read_bytes()).hexdigest()
        if client.digest(f"/api/files/{vault.newest(client)}/download/")[0] != sent:
            raise Void("what was uploaded does not come back")
        _delete_all(client)


def _delete_all(client: Client) -> None:
    for row in json.loads(client.ask("GET", "/api/files/").body):
        vault.delete(client, row["id"])


def multipart(run: Run) -> Iterator[Finding]:
    """Eight forms of 100 MB at once, beside stock Django on the same worker."""
    file = random_file(run.folder / "content" / "hundred.bin", HUNDRED_MB)
    grown: list[float] = []
    with (
        postgres(run.folder) as server,
        fresh_instance(server, run.folder / "vault") as ours,
        stock(server, "vault", run.folder / "stock") as reference,
    ):

        def ours_at_once() -> Sample:
            with Watched(ours.memory) as watched:
                found = sample(ours.trees, lambda: _at_once(ours.client, "/api/files/", file))
            grown.append(watched.grown / _AT_ONCE / _MB)
            with ours.client() as client:
                _delete_all(client)
            return found

        pairs = run.alternate(
            ours_at_once,
            lambda: _stock_at_once(reference, file),
            lambda: _compare(ours, file, _form),
        )
    work = "8 multipart uploads of 100 MB at once"
    reference_name = "stock Django on the same worker"
    yield Finding(f"{work}: CPU per GB", reference_name, Goal(0.35), costs(pairs), absolute(pairs, "s/GB"))
    yield Finding(f"{work}: memory added by each", "before them", Goal(4, "MB"), tuple(grown))


def _form(client: Client, file: Path, first: bytes) -> str:
    _send_form(client, "/api/files/", file, first)
    return ""


def _send_form(client: Client, path: str, file: Path, first: bytes) -> None:
    before = vault.form_start(f"{first.hex()}.bin") + first
    client.send("POST", path, file, before=before, after=vault.FORM_END, Content_Type=vault.FORM_TYPE)


def _at_once(client: Callable[[], Client], path: str, file: Path) -> float:
    def send(_: int) -> None:
        with client() as connection:
            _send_form(connection, path, file, unique())

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(send, range(_AT_ONCE)))
    return _AT_ONCE * HUNDRED_MB / GIGA


def _stock_at_once(reference: Stock, file: Path) -> Sample:
    found = sample(reference.trees, lambda: _at_once(lambda: Client(reference.port), "/upload/", file))
    shutil.rmtree(reference.media)
    reference.media.mkdir()
    return found
