"""Bytes going out: a whole file and small ranges, beside nginx's static sendfile."""

import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import vault
from benchmarks.client import Client, Load, wrk
from benchmarks.content import HUNDRED_MB, random_file
from benchmarks.instance import Instance, fresh_instance
from benchmarks.measure import GIGA, Finding, Goal, Sample, Void, absolute, costs, paces
from benchmarks.pairs import Run
from benchmarks.postgres import Postgres, postgres
from benchmarks.processes import sample
from benchmarks.references.nginx import Nginx, nginx

_RANGES = Path(__file__).parents[1] / "clients" / "ranges.lua"
_PIECE = 65536
_SECONDS = 5
_CONNECTIONS = 4
_NAME = "hundred.bin"
_REVOKED_WITHIN = 60.0
STATIC = "nginx static sendfile"


@dataclass(frozen=True)
class Both:
    """The same 100 MB in the vault and before nginx."""

    server: Postgres
    ours: Instance
    path: str
    reference: Nginx

    def load_ours(self, script: Path | None = None) -> Load:
        """Load on the vault, as its owner."""
        return wrk(
            self.ours.url(self.path),
            seconds=_SECONDS,
            connections=_CONNECTIONS,
            headers=self.ours.headers,
            script=script,
        )

    def load_reference(self, script: Path | None = None) -> Load:
        """The same load on nginx."""
        url = f"http://127.0.0.1:{self.reference.port}/{_NAME}"
        return wrk(url, seconds=_SECONDS, connections=_CONNECTIONS, headers={}, script=script)

    def compare(self, **headers: str) -> None:
        """Void where the two give different bytes."""
        with self.ours.client() as client:
            ours = client.digest(self.path, **headers)
        with Client(self.reference.port) as client:
            reference = client.digest(f"/{_NAME}", **headers)
        if ours != reference:
            raise Void(f"different bytes: {ours} and {reference}")

    def compare_ranges(self) -> None:
        """The same of three ranges."""
        for _ in range(3):
            first = random.randrange(HUNDRED_MB // _PIECE - 1) * _PIECE
            self.compare(Range=f"bytes={first}-{first + _PIECE - 1}")


@contextmanager
def both(run: Run) -> Iterator[Both]:
    """Vault and nginx with the same file, for the block."""
    with (
        postgres(run.folder) as server,
        fresh_instance(server, run.folder / "vault") as ours,
        nginx(run.folder / "nginx") as reference,
    ):
        file = random_file(run.folder / "content" / _NAME, HUNDRED_MB)
        served = reference.root / _NAME
        served.unlink(missing_ok=True)
        os.link(file, served)
        with ours.client() as client:
            file_id = vault.upload(client, file, _NAME)
        yield Both(server, ours, f"/api/files/{file_id}/stream/", reference)


def whole_file(run: Run) -> Iterator[Finding]:
    """An authorised GET of 100 MB through the pod."""
    with both(run) as sides:

        def ours() -> Sample:
            return sample(sides.ours.trees, lambda: sides.load_ours().bytes / GIGA)

        def reference() -> Sample:
            return sample([sides.reference.tree], lambda: sides.load_reference().bytes / GIGA)

        pairs = run.alternate(ours, reference, sides.compare)
    work = "authorised GET of 100 MB"
    yield Finding(f"{work}: CPU per GB", STATIC, Goal(1.1), costs(pairs), absolute(pairs, "s/GB"))
    yield Finding(f"{work}: throughput", STATIC, Goal(0.9, at_least=True), paces(pairs))


def ranges(run: Run) -> Iterator[Finding]:
    """Authorised random 64 KiB ranges, and how long a revoked token still gets them."""
    with both(run) as sides:

        def ours() -> Sample:
            return sample(sides.ours.trees, lambda: sides.load_ours(_RANGES).requests)

        def reference() -> Sample:
            return sample([sides.reference.tree], lambda: sides.load_reference(_RANGES).requests)

        pairs = run.alternate(ours, reference, sides.compare_ranges)
        work = "authorised random 64 KiB ranges"
        note = f"{absolute(pairs, 'us/request', 1e6)}; throughput {statistics.median(paces(pairs)):.2f}x"
        yield Finding(f"{work}: CPU per request", STATIC, Goal(1.25), costs(pairs), note)
        refused = (_seconds_until_refused(sides),)
        yield Finding("a revoked token is refused after", "the clock", Goal(5, "s"), refused)


def _seconds_until_refused(sides: Both) -> float:
    """Asks for ranges, takes the token away behind everybody's back, and asks on until it is refused."""
    with sides.ours.client() as client:
        client.ask("GET", sides.path, Range="bytes=0-65535")
        key = sides.ours.token
        sides.server.run("vault", f"DELETE FROM authtoken_token WHERE key = '{key}'")
        started = time.monotonic()
        while (passed := time.monotonic() - started) < _REVOKED_WITHIN:
            if client.status(sides.path, Range="bytes=0-65535") == 401:
                return passed
            time.sleep(0.05)
    raise Void("a revoked token was never refused")
