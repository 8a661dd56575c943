"""What an instance holds: warm and idle, and while large things pass through it."""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import vault
from benchmarks.app.readers import latencies
from benchmarks.client import Client
from benchmarks.content import HUNDRED_MB, random_file, sparse_file
from benchmarks.instance import Instance, fresh_instance
from benchmarks.measure import Finding, Goal, Void
from benchmarks.pairs import Run
from benchmarks.postgres import postgres
from benchmarks.processes import Watched

_MB: Final = 1e6
_GB: Final = 1_000_000_000
_ITSELF: Final = "itself before"
_WARM: Final = 300
_EDGE: Final = 50_000
_CHUNK = ">I4s"


def idle(run: Run) -> Iterator[Finding]:
    """Proportional set size of web, worker and front after lists, ranges and an upload."""
    file = random_file(run.folder / "content" / "hundred.bin", HUNDRED_MB)
    with postgres(run.folder) as server:
        values = []
        for _ in range(run.pairs):
            with fresh_instance(server, run.folder / "vault") as ours, ours.client() as client:
                found = vault.upload(client, file, "hundred.bin")
                latencies(ours, _WARM)
                for _ in range(_WARM):
                    client.ask("GET", f"/api/files/{found}/stream/", Range="bytes=0-65535")
                values.append(ours.memory() / _MB)
    work = "PSS of a warm, idle instance (web, worker, front)"
    yield Finding(work, "none", Goal(130, "MB"), tuple(values))


def large(run: Run) -> Iterator[Finding]:
    """What a large upload, download, zip and a pixel bomb add."""
    content = run.folder / "content"
    with (
        postgres(run.folder) as server,
        fresh_instance(server, run.folder / "vault") as ours,
        ours.client() as client,
    ):
        latencies(ours, _WARM)
        file = sparse_file(content / "large.bin", int(run.large_gigabytes * _GB))
        yield _grown(ours, f"upload of {run.large_gigabytes:g} GB", lambda: _upload(client, file))
        path = f"/api/files/{vault.newest(client)}/download/"
        yield _grown(ours, f"download of {run.large_gigabytes:g} GB", lambda: client.drain(path))
        vault.delete(client, vault.newest(client))
        yield _grown(ours, "upload of a 50,000 x 50,000 pixel bomb", lambda: _bomb(client, content))
        yield _zip(run, ours, client)


def _upload(client: Client, file: Path) -> None:
    vault.upload(client, file, file.name)


def _grown(ours: Instance, work: str, act: Callable[[], object]) -> Finding:
    with Watched(ours.memory) as watched:
        act()
    return Finding(f"memory added by {work}", _ITSELF, Goal(60, "MB"), (watched.grown / _MB,))


def _zip(run: Run, ours: Instance, client: Client) -> Finding:
    """A zip of ten copies of a tenth: the vault keeps the bytes once, the zip has them ten times."""
    tenth = sparse_file(run.folder / "content" / "tenth.bin", int(run.zip_gigabytes * _GB / 10))
    place = vault.make_folder(client, "large")
    for number in range(10):
        vault.upload(client, tenth, f"{number}.bin", folder=place)
    work = f"a zip of {run.zip_gigabytes:g} GB"
    try:
        return _grown(ours, work, lambda: client.drain(f"/api/zip/?folders={place}"))
    except Void as refusal:
        return Finding(f"memory added by {work}", _ITSELF, Goal(60, "MB"), note=str(refusal))


def _bomb(client: Client, folder: Path) -> None:
    """An image of 2.5 gigapixels in some hundred kilobytes; the instance must still answer."""
    bomb = folder / "bomb.png"
    if not bomb.exists():
        bomb.write_bytes(_black_png(_EDGE))
    vault.upload(client, bomb, bomb.name)
    client.ask("GET", "/api/files/")


def _black_png(edge: int) -> bytes:
    """One bit per pixel, all black."""
    deflate, row = zlib.compressobj(9), bytes(1 + (edge + 7) // 8)
    rows = b"".join(deflate.compress(row) for _ in range(edge)) + deflate.flush()
    header = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(_CHUNK, len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
