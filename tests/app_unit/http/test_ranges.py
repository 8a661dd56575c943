"""Ranges and preconditions against tables of RFC 9110 and a model that picks bytes one by one."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.http.request import HttpHeaders
from django.utils.http import http_date
from hypothesis import given
from hypothesis import strategies as st

from mediavault.http.ranges import Decision, Validators, decide

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
ETAG = '"abc"'
FILE = Validators(1000, ETAG, MOMENT)
EMPTY = Validators(0, ETAG, MOMENT)
WHOLE = Decision(200, 0, 1000)
LATER = http_date((MOMENT + timedelta(seconds=1)).timestamp())
EQUAL = http_date(MOMENT.timestamp())
EARLIER = http_date((MOMENT - timedelta(seconds=1)).timestamp())


def asked(current: Validators = FILE, **fields: str | None) -> Decision:
    named = {f"HTTP_{name.upper()}": value for name, value in fields.items() if value is not None}
    return decide(HttpHeaders(named), current)


@pytest.mark.parametrize(
    ("value", "start", "length"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 1000),
        ("bytes=0-999", 0, 1000),
        ("bytes=0-1000", 0, 1000),
        ("bytes=999-", 999, 1),
        ("bytes=999-999", 999, 1),
        ("bytes=200-299", 200, 100),
        ("bytes=-1", 999, 1),
        ("bytes=-1000", 0, 1000),
        ("bytes=-1001", 0, 1000),
        ("bytes=0-99999999999999999999999999", 0, 1000),
        ("bytes=-99999999999999999999999999", 0, 1000),
        ("bytes=" + "0" * 5000 + "7-9", 7, 3),
        ("BYTES=1-2", 1, 2),
        ("bytes= 1-2", 1, 2),
        ("bytes=1-2 ,\t", 1, 2),
        ("bytes=,1-2,,", 1, 2),
        ("bytes=5000-,1-2", 1, 2),
        ("bytes=5-3,1-2", 1, 2),
    ],
)
def test_one_satisfiable_range_is_sent_alone(value: str, start: int, length: int) -> None:
    assert asked(range=value) == Decision(206, start, length)


@pytest.mark.parametrize(
    "value",
    [
        "bytes=1000-",
        "bytes=1000-1000",
        "bytes=5000-6000",
        "bytes=5-3",
        "bytes=-0",
        "bytes=99999999999999999999999999-",
        "bytes=" + "9" * 5000 + "-",
        "bytes=1000-,2000-",
        "bytes=x",
        "bytes=-",
        "bytes=--5",
        "bytes=1-2-3",
        "bytes=0x1-5",
        "bytes=+1-5",
        "bytes=1.5-9",
        "bytes=0-5;q=1",
        "bytes=\u0661-\u0665",
        "bytes=\xb2-\xb3",
        "bytes=,",
        "bytes=0-1,x",
    ],
)
def test_what_names_no_byte_of_the_file_is_refused(value: str) -> None:
    assert asked(range=value) == Decision(416)


@pytest.mark.parametrize(
    "value", ["", "bytes", "bytes=", "items=0-5", "bytes:0-5", "none", "0-5", "xbytes=0-5"]
)
def test_other_units_are_ignored(value: str) -> None:
    assert asked(range=value) == WHOLE


@pytest.mark.parametrize("value", ["bytes=0-1,5-6", "bytes=0-99,50-149", "bytes=-1,0-0", "bytes=0-,0-,0-"])
def test_several_satisfiable_ranges_are_answered_with_the_whole(value: str) -> None:
    assert asked(range=value) == WHOLE


@pytest.mark.parametrize(
    ("value", "status"),
    [("bytes=0-", 200), ("bytes=0-0", 200), ("bytes=-5", 200), ("bytes=5-", 416), ("bytes=x", 416)],
)
def test_an_empty_file_is_sent_whole_to_whom_asks_from_its_start(value: str, status: int) -> None:
    assert asked(EMPTY, range=value) == Decision(status)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (ETAG, 206),
        (EQUAL, 206),
        ("Sunday, 01-Mar-26 12:30:15 GMT", 206),
        (f"W/{ETAG}", 200),
        ('"other"', 200),
        (EARLIER, 200),
        (LATER, 200),
        ("abc", 200),
        ("*", 200),
        ("", 200),
    ],
)
def test_a_range_holds_only_for_exactly_the_representation_of_if_range(value: str, status: int) -> None:
    assert asked(range="bytes=0-9", if_range=value).status == status


def test_an_unsatisfiable_range_of_another_representation_is_ignored() -> None:
    assert asked(range="bytes=5000-", if_range='"other"') == WHOLE


TAGS = {
    None: None,
    "*": "any",
    ETAG: "strong",
    f"W/{ETAG}": "weak",
    f'"x", {ETAG} , "y"': "strong",
    f'"x",W/{ETAG}': "weak",
    '"x"': "none",
    "abc": "none",
    "": "none",
    '"ab,c"': "none",
}
DATES = {None: None, EARLIER: "earlier", EQUAL: "equal", LATER: "later", "yesterday": None}
PRECONDITIONS = list(itertools.product(TAGS, DATES, TAGS, DATES))


@pytest.mark.parametrize("ranged", [None, "bytes=0-9", "bytes=5000-"])
def test_preconditions_come_in_the_order_of_the_rfc_and_before_any_range(ranged: str | None) -> None:
    for if_match, unmodified, if_none_match, modified in PRECONDITIONS:
        found = asked(
            range=ranged,
            if_match=if_match,
            if_unmodified_since=unmodified,
            if_none_match=if_none_match,
            if_modified_since=modified,
        )
        refused = TAGS[if_match] in ("weak", "none") or (if_match is None and DATES[unmodified] == "earlier")
        same_tag = TAGS[if_none_match] in ("any", "strong", "weak")
        same_date = if_none_match is None and DATES[modified] in ("equal", "later")
        sent = {None: 200, "bytes=0-9": 206, "bytes=5000-": 416}[ranged]
        expected = 412 if refused else 304 if same_tag or same_date else sent
        assert found.status == expected, (if_match, unmodified, if_none_match, modified)


@given(
    size=st.integers(1, 12),
    specs=st.lists(
        st.tuples(st.none() | st.integers(0, 14), st.none() | st.integers(0, 14)).filter(
            lambda s: s != (None, None)
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_ranges_select_what_picking_byte_by_byte_selects(
    size: int, specs: list[tuple[int | None, int | None]]
) -> None:
    picked = []
    for first, last in specs:
        if first is None:
            wanted = [at for at in range(size) if at >= size - (last or 0)]
        else:
            wanted = [at for at in range(size) if first <= at and (last is None or at <= last)]
        if wanted:
            picked.append(wanted)
    text = ",".join(f"{'' if a is None else a}-{'' if b is None else b}" for a, b in specs)
    found = asked(Validators(size, ETAG, MOMENT), range=f"bytes={text}")
    if not picked:
        assert found == Decision(416)
    elif len(picked) > 1:
        assert found == Decision(200, 0, size)
    else:
        assert found == Decision(206, picked[0][0], len(picked[0]))


@given(st.text(st.characters(max_codepoint=255), max_size=60), st.sampled_from([FILE, EMPTY]))
def test_no_header_makes_it_leave_the_file_or_fail(value: str, current: Validators) -> None:
    found = asked(current, range=f"bytes={value}", if_range=None, if_match=None)
    assert found.status in (200, 206, 416)
    assert 0 <= found.start <= found.start + found.length <= current.size
    asked(current, if_range=value, if_match=value, if_none_match=value)
    asked(current, if_modified_since=value, if_unmodified_since=value)
