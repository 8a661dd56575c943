"""Lists over 1,000,000 files: what they cost beside stock REST framework, late pages, and their plans."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from benchmarks import million
from benchmarks.client import Client
from benchmarks.instance import Instance
from benchmarks.measure import Finding, Goal, Pair, Sample, Void, absolute, costs
from benchmarks.pairs import Run
from benchmarks.plans import Plans, explained
from benchmarks.postgres import Postgres, postgres
from benchmarks.processes import Tree, sample
from benchmarks.references.django import stock

PAGE: Final = 100
_LATE: Final = 100_000
_LARGEST_PAGE: Final = 1000
_OURS, _THEIRS = 100, 50
# What lists are ordered by, and the stock view's column for it.
ORDERINGS: Final = {"name": "name_key", "size": "size", "type": "type", "created_at": "created_at"}
STOCK = "stock DRF ModelSerializer + PageNumberPagination"


@dataclass(frozen=True)
class Kind:
    """One of the lists: its title, and what both sides are asked with."""

    title: str
    query: str


def kinds(owner: int) -> list[Kind]:
    """The whole vault, a folder, a type and the favourites."""
    return [
        Kind("whole vault", ""),
        Kind("folder", f"&folder={million.folder(owner)}"),
        Kind("type", "&type=image"),
        Kind("favourites", "&favorite=true"),
    ]


def our_path(kind: Kind, ordering: str) -> str:
    """The first page of a list of ours."""
    return f"/api/files/?page_size={PAGE}&ordering={ordering}{kind.query}"


def asked(client: Client, trees: tuple[Tree, ...], path: str, times: int) -> Callable[[], Sample]:
    """A sample of so many requests of one path on one connection."""

    def ask() -> float:
        for _ in range(times):
            client.ask("GET", path)
        return times

    return lambda: sample(trees, ask)


def lists(run: Run) -> Iterator[Finding]:
    """CPU of the app and its database for a page of 100, each kind of list in each ordering."""
    owner = million.USUAL
    with (
        postgres(run.folder) as server,
        million.million(server, run.folder / "million", owner) as ours,
        stock(server, million.DATABASE, run.folder / "stock") as reference,
        ours.client() as client,
        Client(reference.port, ours.headers) as their_client,
    ):
        for kind in kinds(owner):
            found: dict[str, tuple[Pair, ...]] = {}
            for ordering, column in ORDERINGS.items():
                our, their = our_path(kind, ordering), f"/files/?ordering={column}{kind.query}"
                found[ordering] = run.alternate(
                    asked(client, ours.trees, our, _OURS),
                    asked(their_client, reference.trees, their, _THEIRS),
                    lambda our=our, their=their: _compare(client, our, their_client, their),  # type: ignore[misc]
                )
            yield _worst(kind, found)


def _compare(client: Client, our: str, their_client: Client, their: str) -> None:
    ours = [row["size"] for row in json.loads(client.ask("GET", our).body)]
    theirs = [row["size"] for row in json.loads(their_client.ask("GET", their).body)["results"]]
    if len(ours) != PAGE or ("ordering=type" not in our and ours != theirs):
        raise Void(f"{our} has {len(ours)} rows, and not those of {their}")


def _worst(kind: Kind, found: dict[str, tuple[Pair, ...]]) -> Finding:
    """The ordering with the greatest median stands for the list; the others are in the note."""
    work = f"list of 100, {kind.title}: CPU of app and database"
    each = {name: Finding(work, STOCK, Goal(0.2), costs(pairs)) for name, pairs in found.items()}
    name = max(each, key=lambda ordering: each[ordering].median)
    others = ", ".join(f"{key} {one.median:.2f}x" for key, one in each.items() if key != name)
    note = f"by {name}, {absolute(found[name], 'ms', 1000)}; {others}"
    return Finding(work, STOCK, Goal(0.2), each[name].values, note)


def late_pages(run: Run) -> Iterator[Finding]:
    """A page at row 100,000 of 200,000 beside the first page, in every ordering and direction."""
    with _large(run) as (_, ours), ours.client() as client:
        worst: tuple[float, ...] = ()
        named = ""
        for ordering in (sign + name for name in ORDERINGS for sign in ("", "-")):
            first = our_path(Kind("", ""), ordering)
            late = _late_path(client, ordering)
            pairs = run.alternate(
                asked(client, ours.trees, late, _OURS), asked(client, ours.trees, first, _OURS)
            )
            if not worst or max(costs(pairs)) > max(worst):
                worst, named = costs(pairs), f"the worst, by {ordering}: {absolute(pairs, 'ms', 1000)}"
    yield Finding(f"list of 100 at row {_LATE:,}: CPU", "our page 1", Goal(1.2), worst, named)


def _late_path(client: Client, ordering: str) -> str:
    """The page of 100 that begins after row 100,000, reached by following links."""
    path = f"/api/files/?page_size={_LARGEST_PAGE}&ordering={ordering}"
    for _ in range(_LATE // _LARGEST_PAGE):
        link = client.ask("GET", path).headers["Link"]
        parts = urlsplit(link.partition("<")[2].partition(">")[0])
        path = f"{parts.path}?{parts.query}"
    return path.replace(f"page_size={_LARGEST_PAGE}", f"page_size={PAGE}")


def plans(run: Run) -> Iterator[Finding]:
    """Statements of a request, and nodes of their plans, as PostgreSQL itself logs them."""
    with _large(run) as (server, ours), explained(server) as log, ours.client() as client:
        most, bad = 0, {}
        for kind in kinds(million.LARGE):
            for ordering in (sign + name for name in ORDERINGS for sign in ("", "-")):
                for path in _first_and_second(client, our_path(kind, ordering)):
                    statements, nodes = _logged(client, log, path)
                    most = max(most, statements)
                    if nodes:
                        bad[f"{kind.title} by {ordering}"] = ", ".join(sorted(nodes))
    yield Finding("list: most statements of a request", "PostgreSQL's log", Goal(3, "statements"), (most,))
    note = "; ".join(f"{name}: {nodes}" for name, nodes in bad.items())
    work = "list: kinds and orderings with Sort or Seq Scan in EXPLAIN"
    yield Finding(work, "PostgreSQL's auto_explain", Goal(0, "lists"), (len(bad),), note)


def _logged(client: Client, log: Plans, path: str) -> tuple[int, set[str]]:
    """What every one of three requests did; what was logged once beside them was housekeeping's."""
    statements, nodes = [], []
    for _ in range(3):
        log.clear()
        client.ask("GET", path)
        statements.append(log.statements())
        nodes.append(log.slow_nodes(Plans.VAULT))
    return min(statements), set.intersection(*nodes)


def _first_and_second(client: Client, path: str) -> Iterator[str]:
    yield path
    parts = urlsplit(client.ask("GET", path).headers["Link"].partition("<")[2].partition(">")[0])
    yield f"{parts.path}?{parts.query}"


@contextmanager
def _large(run: Run) -> Iterator[tuple[Postgres, Instance]]:
    with (
        postgres(run.folder) as server,
        million.million(server, run.folder / "million", million.LARGE) as ours,
    ):
        yield server, ours
