"""The vault of 1,000,000 files, seeded once and kept in the benchmark's PostgreSQL."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.instance import APP, Instance, environment, prepare, running
from benchmarks.measure import NotAvailable
from benchmarks.postgres import Postgres
from benchmarks.programs import program

DATABASE = "million"
# Of one owner with 200,000 files, and of another with 20,000.
LARGE, USUAL = 2, 3
_SQL = Path(__file__).parent / "million.sql"


def token(owner: int) -> str:
    """What this owner asks with."""
    return hashlib.md5(f"owner-{owner}".encode(), usedforsecurity=False).hexdigest()


def folder(owner: int) -> int:
    """One of the owner's twenty folders."""
    return owner * 100 + 3


@contextmanager
def million(server: Postgres, place: Path, owner: int) -> Iterator[Instance]:
    """The app over the 1,000,000 files, asked as one of their owners; its worker would ask PostgreSQL too."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    env = environment(place, server.url(DATABASE))
    _seed(server, env)
    with running(server, place, env, token=token(owner), works=False) as found:
        yield found


def _seed(server: Postgres, env: dict[str, str]) -> None:
    """Seed, unless what stands there was made of the same migrations by the same SQL."""
    wanted = _fingerprint()
    if server.exists(DATABASE) and server.comment(DATABASE) == wanted:
        return
    print("seeding 1,000,000 files", flush=True)
    server.recreate(DATABASE)
    prepare(env)
    command = [program("psql"), "-q", "-v", "ON_ERROR_STOP=1", server.url(DATABASE), "-f", str(_SQL)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAvailable(f"the schema is not what million.sql fills: {done.stderr[-500:]}")
    server.run(DATABASE, "VACUUM ANALYZE", f"COMMENT ON DATABASE {DATABASE} IS '{wanted}'")


def _fingerprint() -> str:
    digest = hashlib.sha256(_SQL.read_bytes())
    for migration in sorted(APP.glob("mediavault/*/migrations/*.py")):
        digest.update(migration.read_bytes())
    return digest.hexdigest()
