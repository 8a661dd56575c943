"""Quantities."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault_operator.spec import amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10", "10"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("250m", "0.25"),
        ("2E", "2e18"),
    ],
)
def test_a_quantity_is_what_its_suffix_says(text: str, expected: str) -> None:
    assert amount(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "-1", "1.", ".5", "1GiB", "1e3", " 1", "1\n", "٣", "1" * 40])
def test_anything_else_is_none(text: str) -> None:
    assert amount(text) is None


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    found = amount(text)
    assert found is None or found >= 0
