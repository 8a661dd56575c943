"""The app alone, the app behind its front, and plain nginx answer the same requests for bytes alike."""

import hashlib
import os
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.http import http_date

SEED = 4
WHOLE = 2400
SAMPLE = 250
SIZES = (0, 1, 1000, 70_001)
HUGE = "9" * 31
OWN_HEADERS = {"Date", "Server", "Connection", "Keep-Alive", "X-Request-ID", "Accept-Ranges"}


Served = tuple[Path, dict[int, tuple[str, datetime]]]


class Case:
    """One request, with {etag} and {modified} to be filled in for whom it is sent to."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self.size = size
        self.method = chance.choice(("GET", "GET", "HEAD"))
        self.headers: dict[str, str] = {}
        if chance.random() < 0.75:
            self.headers["Range"] = _range(chance, size)
        if chance.random() < 0.25:
            self.headers["If-Range"] = chance.choice(
                ("{etag}", "W/{etag}", '"other"', "{modified}", "{later}", "{earlier}", "nonsense", '"')
            )
        if chance.random() < 0.4:
            self._add_conditions(chance)

    def _add_conditions(self, chance: random.Random) -> None:
        etags = ("{etag}", "W/{etag}", '"other"', '"other", {etag}', '"a","b" ,W/{etag}', "*", '"')
        dates = ("{modified}", "{earlier}", "{later}", "nonsense")
        names = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
        for name in chance.sample(names, chance.choice((1, 1, 1, 2))):
            self.headers[name] = chance.choice(etags if "Match" in name else dates)

    def filled(self, words: Mapping[str, str]) -> dict[str, str]:
        return {name: value.format(**words) for name, value in self.headers.items()}

    def departs(self) -> bool:
        """Whether nginx does here what RFC 9110 forbids, so that the app and its front do not follow it."""
        has = self.headers.keys()
        both = {"If-None-Match", "If-Modified-Since"} <= has or {"If-Match", "If-Unmodified-Since"} <= has
        unreadable = self.headers.get("If-Unmodified-Since") == "nonsense"
        specs = self.headers.get("Range", "").partition("=")[2].split(",")
        odd = "\t" in "".join(specs) or (len(specs) > 1 and any(not spec.strip() for spec in specs))
        return both or unreadable or odd or any(len(spec) > 30 for spec in specs)


def _range(chance: random.Random, size: int) -> str:
    def position() -> str:
        places = (0, 1, size // 2, size - 1, size, size + 1, chance.randrange(2 * size + 2), 10**17)
        return str(max(0, chance.choice(places)))

    def spec() -> str:
        kinds: tuple[Callable[[], str], ...] = (
            lambda: f"{position()}-{position()}",
            lambda: f"{position()}-",
            lambda: f"-{position()}",
            lambda: f" {position()} - {position()} ",
            lambda: chance.choice(("-", "x", "1-x", "--1", "", "\t0-", "0-0-", f"{HUGE}-", f"0-{HUGE}")),
        )
        return chance.choice((*kinds[:4], *kinds[:3], kinds[4]))()

    unit = chance.choice(("bytes=",) * 12 + ("Bytes=", "bytes =", "lines=", "bytes", ""))
    return unit + ",".join(spec() for _ in range(chance.choice((1, 1, 1, 1, 2, 3))))


def cases() -> Iterator[Case]:
    chance = random.Random(SEED)
    comparable, wanted = 0, WHOLE if os.environ.get("MEDIAVAULT_TEST_FULL") else SAMPLE
    while comparable < wanted:
        case = Case(chance, chance.choice(SIZES))
        comparable += not case.departs()
        yield case


def seen(answer: Any, etag: str) -> dict[str, object]:
    """What must not differ between servers with ETags of their own."""
    told = {"status": answer.status, "range": answer.headers.get("Content-Range")}
    if answer.status in (200, 206):
        told["length"] = answer.headers.get("Content-Length")
        told["body"] = hashlib.sha256(answer.body).hexdigest()
    if answer.status in (200, 206, 304):
        told["own etag"] = answer.headers.get("ETag") == etag
        told["modified"] = answer.headers.get("Last-Modified")
    return told


def whole(answer: Any) -> dict[str, object]:
    """Everything that the app's own two ways of serving must have in common."""
    headers = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
    return {"status": answer.status, "headers": headers, "body": answer.body}


@pytest.fixture(scope="module")
def files(vault: Any, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The same bytes in the vault and in a folder, modified in the same second: {size: (path, moment)}."""
    root = tmp_path_factory.mktemp("plain")
    found = {}
    for size in SIZES:
        content = random.Random(size).randbytes(size)
        number = vault.upload(content, f"{size}.bin")
        path = f"/api/files/{number}/stream/"
        moment = datetime.strptime(
            vault.bare.ask("HEAD", path).headers["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT"
        ).replace(tzinfo=UTC)
        (root / str(size)).write_bytes(content)
        os.utime(root / str(size), (moment.timestamp(), moment.timestamp()))
        found[size] = (path, moment)
    return root, found


def test_every_request_is_answered_alike(
    vault: Any, plain_nginx: Callable[[Path], Any], files: Served, signed_in: dict[str, str]
) -> None:
    root, served = files
    plain = plain_nginx(root)
    lines = vault.bare.connect(), vault.front.connect()
    etags = {
        size: (vault.bare.ask("HEAD", path).headers["ETag"], plain.ask("HEAD", f"/{size}").headers["ETag"])
        for size, (path, _) in served.items()
    }
    compared = 0
    for case in cases():
        path, moment = served[case.size]
        seconds = moment.timestamp()
        dates = {
            "modified": http_date(seconds),
            "later": http_date(seconds + 60),
            "earlier": http_date(seconds - 60),
        }
        ours, theirs = etags[case.size]
        mine = case.filled({"etag": ours, **dates}) | signed_in
        bare = vault.bare.ask(case.method, path, mine, connection=lines[0])
        front = vault.front.ask(case.method, path, mine, connection=lines[1])
        assert whole(front) == whole(bare), (case.method, mine)
        if not case.departs():
            stock = case.filled({"etag": theirs, **dates})
            reference = plain.ask(case.method, f"/{case.size}", stock)
            assert seen(front, ours) == seen(reference, theirs), (case.method, case.size, stock)
            compared += 1
    assert compared >= SAMPLE
    for line in lines:
        line.close()
