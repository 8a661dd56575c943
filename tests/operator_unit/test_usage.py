"""How much a vault is used: what is read, and what is worth a word."""

from typing import Any

import pytest

from mediavault_operator.usage import GROUPS_MAX, Usage, parse_usage, usage_told

TEXT = """# HELP mediavault_files Files by type group.
# TYPE mediavault_files gauge
mediavault_files{group="image"} 40.0
mediavault_files{group="video"} 2.0
mediavault_file_bytes{group="image"} 1.5e+09
mediavault_file_bytes{group="video"} 7.0
mediavault_users 3.0
mediavault_queue{state="due"} 1.0
"""
SEEN = Usage(files=42, bytes={"image": 1_500_000_000, "video": 7}, users=3)


def test_files_bytes_and_users_are_read() -> None:
    assert parse_usage(TEXT) == SEEN


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "<html>",
        "mediavault_users NaN",
        "mediavault_users -1",
        "mediavault_users 1e99",
        "mediavault_users 1.2.3",
        'mediavault_users{group="a"} x',
    ],
)
def test_nonsense_tells_nothing(nonsense: str) -> None:
    assert parse_usage(nonsense) is None


def test_groups_without_end_are_cut_off_and_odd_names_left_out() -> None:
    many = "".join(f'mediavault_file_bytes{{group="{chr(97 + n)}"}} 1\n' for n in range(26))
    odd = 'mediavault_file_bytes{group="a\\"}"} 1\nmediavault_files 9\n'
    read = parse_usage(f"{odd}{many}mediavault_users 1")
    assert read is not None
    assert (len(read.bytes), read.files) == (GROUPS_MAX, 0)


def test_a_vault_that_nobody_uses_is_not_told_of() -> None:
    assert usage_told(None, Usage(files=0, bytes={}, users=1)) is None
    assert usage_told(None, Usage(files=1, bytes={"text": 5}, users=1)) is not None
    assert usage_told(None, Usage(files=0, bytes={}, users=2)) is not None


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({}, False),
        ({"files": 1009}, False),
        ({"files": 1011}, True),
        ({"files": 0}, True),
        ({"bytes": {"image": 100_900}}, False),
        ({"bytes": {"image": 98_000}}, True),
        ({"bytes": {"image": 100_000, "video": 1}}, True),
        ({"users": 4}, True),
    ],
)
def test_only_what_differs_by_more_than_one_in_a_hundred_is_told(
    change: dict[str, Any], is_told: bool
) -> None:
    told = {"files": 1000, "bytes": {"image": 100_000}, "users": 3}
    seen = Usage(**{**told, **change})
    assert (usage_told(told, seen) != told) is is_told


def test_what_was_told_stays_while_nothing_is_seen() -> None:
    told = {"files": 1, "bytes": {"image": 1}, "users": 1}
    assert usage_told(told, None) == told


def test_what_is_told_is_told_once() -> None:
    told = usage_told(None, SEEN)
    assert told == {"files": 42, "bytes": {"image": 1_500_000_000, "video": 7}, "users": 3}
    assert usage_told(told, SEEN) == told
