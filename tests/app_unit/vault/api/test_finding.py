"""Finding files by their names, sizes, times, places and media: what is found, and what is refused."""

from collections.abc import Callable
from itertools import product

import pytest
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.models import Blob, File
from mediavault.vault.paths import clean_name, name_key

_FILES: tuple[tuple[str, int, str, bool, str, str | None, dict[str, str]], ...] = (
    # name, size, type, favourite, created, taken, facts of the media
    ("Straße am Meer.jpg", 100, "image/jpeg", True, "2026-01-01", "2020-05-01", {"camera": "Canon EOS R5"}),
    ("CAFE\u0301 100%.png", 200, "image/png", False, "2026-02-01", None, {}),
    ("sea_side.jpg", 300, "image/jpeg", False, "2026-03-01", "2021-05-01", {"camera": "NIKON Z 6"}),
    ("Song.mp3", 400, "audio/mpeg", True, "2026-04-01", None, {"artist": "Björk", "album": "Début"}),
)
_PLACES = {"Straße am Meer.jpg": (47.3769, 8.5417), "sea_side.jpg": (-17.0, 179.99)}


@pytest.fixture
def found(ann: User, as_ann: APIClient) -> Callable[[str], list[str]]:
    """found("search=x") is the names of the files in the answer's order."""
    for number, (name, size, type_, favorite, created, taken, facts) in enumerate(_FILES):
        latitude, longitude = _PLACES.get(name, (None, None))
        blob = Blob.objects.create(
            owner=ann,
            sha256=f"{number:064}",
            size=size,
            references=1,
            state=Blob.State.READY if facts else Blob.State.FAILED,
            facts=facts,
            camera=facts.get("camera", ""),
            latitude=latitude,
            longitude=longitude,
        )
        kept = clean_name(name)
        file = File.objects.create(
            owner=ann,
            name=kept,
            name_key=name_key(kept),
            file=blob,
            size=size,
            type=type_,
            is_favorite=favorite,
            taken_at=f"{taken}T12:00:00Z" if taken else None,
        )
        File.objects.filter(pk=file.pk).update(created_at=f"{created}T00:00:00Z")

    def ask(query: str) -> list[str]:
        response = as_ann.get(f"/api/files/?ordering=size&{query}")
        assert response.status_code == 200, response.content
        return [row["name"] for row in response.json()]

    return ask


STREET, CAFE, SIDE, SONG = (clean_name(name) for name, *_ in _FILES)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("search=STRASSE", [STREET]),
        ("search=stra%C3%9Fe", [STREET]),
        ("search=meer+am", [STREET]),
        ("search=meer+side", []),
        ("search=caf%C3%A9", [CAFE]),
        ("search=CAFE%CC%81", [CAFE]),
        ("search=0%25", [CAFE]),
        ("search=%25", [CAFE]),
        ("search=_", [SIDE]),
        ("search=%5C", []),
        ("search='", []),
        ("search=+", [STREET, CAFE, SIDE, SONG]),
        ("name_prefix=s", [STREET, SIDE, SONG]),
        ("name_prefix=SEA_", [SIDE]),
        ("size_min=200&size_max=300", [CAFE, SIDE]),
        ("size_min=300&size_max=200", []),
        ("created_after=2026-02-01&created_before=2026-04-01", [CAFE, SIDE]),
        ("created_after=2026-02-01T01:00:00%2B01:00", [CAFE, SIDE, SONG]),
        ("taken_before=2021-01-01T00:00:00Z", [STREET]),
        ("taken_after=2021-01-01", [CAFE, SIDE, SONG]),
        ("camera=canon", [STREET]),
        ("state=failed", [CAFE]),
        ("near=47.37,8.54,5", [STREET]),
        ("near=47.37,8.54,0.1", []),
        ("near=-17,-179.99,5", [SIDE]),
        ("near=90,0,10000", [STREET]),
        ("near=0,0,20015", [STREET, SIDE]),
        ("artist=bj", [SONG]),
        ("album=but", [SONG]),
        ("artist=%25", []),
        ("search=s&type=image&favorite=true&folder=root&size_max=150&camera=eos", [STREET]),
    ],
)
def test_a_filter_leaves_what_it_says(
    found: Callable[[str], list[str]], query: str, names: list[str]
) -> None:
    assert found(query) == names


def test_filters_combine_with_every_order_and_cursor(
    found: Callable[[str], list[str]], as_ann: APIClient
) -> None:
    for name, sign in product(("name", "size", "type", "created_at", "taken_at"), ("", "-")):
        url = f"/api/files/?search=s&type=image&ordering={sign}{name}&page_size=1"
        seen = []
        while url:
            response = as_ann.get(url)
            assert response.status_code == 200, response.content
            seen += [row["name"] for row in response.json()]
            url = response.get("Link", "").partition(">")[0].removeprefix("<")
        assert sorted(seen) == sorted([STREET, SIDE])


_BAD = {
    "search": ("%00", "x" * 256, "a%0Ab"),
    "name_prefix": ("%00", "x" * 256),
    "type": ("movie", "%00"),
    "favorite": ("1", "True"),
    "recursive": ("1", "yes"),
    "folder": ("abc", "-1", "1.5", "ROOT", "9" * 19, "9" * 20, "%00", "%C2%B2"),
    "size_min": ("-1", "1.5", "9" * 19, "1e3", "%00", "%C2%B2"),
    "size_max": ("-1", "x"),
    "created_after": (
        "yesterday",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00%2B14:00",
        "%00",
    ),
    "created_before": ("2026-11-25T07:00:00+01:00",),
    "taken_after": ("9999-12-31T23:59:59-14:00",),
    "taken_before": ("1",),
    "camera": ("%00",),
    "artist": ("%00", "x" * 256),
    "album": ("%00",),
    "state": ("done",),
    "near": (
        "1,2",
        "1,2,3,4",
        "a,b,c",
        "nan,0,1",
        "0,nan,1",
        "0,0,nan",
        "0,0,inf",
        "91,0,1",
        "0,181,1",
        "0,0,0",
    ),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in _BAD.items() for value in values]
)
def test_a_value_that_makes_no_sense_is_refused_by_name(as_ann: APIClient, name: str, value: str) -> None:
    response = as_ann.get(f"/api/files/?{name}={value}")
    assert (response.status_code, list(response.json()["errors"])) == (400, [name])


def test_all_that_is_wrong_is_said_at_once(as_ann: APIClient) -> None:
    response = as_ann.get("/api/files/?size_min=x&near=y&search=ok")
    assert (response.status_code, set(response.json()["errors"])) == (400, {"size_min", "near"})
