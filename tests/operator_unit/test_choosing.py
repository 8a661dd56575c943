"""Which class a vault belongs to."""

from typing import Any

import pytest

from mediavault_operator.choosing import class_of, default_class

DEFAULT = {"mediavault.io/is-default-class": "true"}


def a_class(name: str, created: str, annotations: dict[str, str] | None = None) -> dict[str, Any]:
    return {"metadata": {"name": name, "creationTimestamp": created, "annotations": annotations or {}}}


def test_of_several_defaults_the_newest_counts() -> None:
    old = a_class("old", "2026-11-20T00:00:00Z", DEFAULT)
    new = a_class("new", "2026-11-21T00:00:00Z", DEFAULT)
    none = a_class("none", "2026-11-22T00:00:00Z", {"mediavault.io/is-default-class": "false"})
    assert default_class([new, old, none]) == "new"
    assert default_class([old, none]) == "old"
    assert default_class([none]) is None


@pytest.mark.parametrize(
    ("chosen", "default", "known", "expected"),
    [
        ("gold", "standard", "standard", "gold"),
        (None, "standard", None, "standard"),
        (None, "standard", "older", "standard"),
        (None, None, "standard", "standard"),
        (None, None, None, None),
    ],
)
def test_what_is_written_counts_then_the_default_then_what_was(
    chosen: str | None, default: str | None, known: str | None, expected: str | None
) -> None:
    vault = {"spec": {"className": chosen}, "status": {"class": {"name": known}}}
    assert class_of(vault, default) == expected


def test_who_takes_a_choice_back_has_the_default_or_none() -> None:
    status = {"class": {"name": "gold"}, "effective": {"className": "gold"}}
    assert class_of({"spec": {}, "status": status}, None) is None
    assert class_of({"spec": {}, "status": status}, "standard") == "standard"


def test_a_vault_without_spec_or_status_has_the_default() -> None:
    assert class_of({}, "standard") == "standard"
