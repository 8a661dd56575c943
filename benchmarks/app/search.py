"""Search by a part of the name among 20,000 files of one owner."""

import json
from collections.abc import Iterator
from typing import Final

from benchmarks import million
from benchmarks.app.lists import PAGE, asked
from benchmarks.client import Client
from benchmarks.measure import Finding, Goal, Void, absolute, costs
from benchmarks.pairs import Run
from benchmarks.postgres import postgres
from benchmarks.references.django import stock

_TIMES: Final = 50
# What is searched for, and how often it is found: in every sixteenth name, in few, in none.
_TERMS: Final = {"sunset": "often", "4321": "rarely", "zebra": "never"}


def search(run: Run) -> Iterator[Finding]:
    """CPU of app and database for the first page of what is found."""
    with (
        postgres(run.folder) as server,
        million.million(server, run.folder / "million", million.USUAL) as ours,
        stock(server, million.DATABASE, run.folder / "stock") as reference,
        ours.client() as client,
        Client(reference.port, ours.headers) as their_client,
    ):
        for term, found in _TERMS.items():
            our, their = f"/api/files/?page_size={PAGE}&search={term}", f"/files/?search={term}"
            _compare(client, our, their_client, their)
            pairs = run.alternate(
                asked(client, ours.trees, our, _TIMES), asked(their_client, reference.trees, their, _TIMES)
            )
            work = f"search among 20,000 files, {found} found: CPU of app and database"
            note = absolute(pairs, "ms", 1000)
            yield Finding(work, "stock icontains", Goal(0.5), costs(pairs), note)


def _compare(client: Client, our: str, their_client: Client, their: str) -> None:
    ours = [row["id"] for row in json.loads(client.ask("GET", our).body)]
    theirs = [row["id"] for row in json.loads(their_client.ask("GET", their).body)["results"]]
    if sorted(ours) != sorted(theirs):
        raise Void(f"{our} finds {len(ours)} files, {their} {len(theirs)} or others")
