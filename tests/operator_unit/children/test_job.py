"""The migration Job."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault_operator import names
from mediavault_operator.children.job import build_migration_job, migration_template
from mediavault_operator.children.manifest import template_hash
from mediavault_operator.spec import MediaVault

text = st.text("abc", max_size=4)


@pytest.fixture(name="template")
def template_of(make_vault: Callable[..., MediaVault]) -> dict[str, Any]:
    """The pod template of a plain vault's Job."""
    return migration_template(make_vault(), secrets="s", accounts="a", database_claim="uid")


def test_the_jobs_name_ends_in_the_hash_of_its_template(
    make_vault: Callable[..., MediaVault], template: dict[str, Any]
) -> None:
    job = build_migration_job(make_vault(), template)
    assert job["metadata"]["name"] == f"photos-migrate-{template_hash(template)}"
    assert job["metadata"]["annotations"][names.TEMPLATE_ANNOTATION] == template_hash(template)


def test_an_unreachable_database_is_waited_for_and_a_wrong_configuration_is_not(
    make_vault: Callable[..., MediaVault], template: dict[str, Any]
) -> None:
    rules = build_migration_job(make_vault(), template)["spec"]["podFailurePolicy"]["rules"]
    actions = {
        tuple(rule["onExitCodes"]["values"]): rule["action"] for rule in rules if "onExitCodes" in rule
    }
    assert actions == {(3, 4): "Ignore", (2, 5): "FailJob"}


@given(one=st.dictionaries(text, text), two=st.dictionaries(text, text))
def test_templates_share_a_hash_only_if_they_are_equal(one: dict[str, str], two: dict[str, str]) -> None:
    assert (template_hash(one) == template_hash(two)) == (one == two)


def test_the_order_of_fields_does_not_change_the_hash() -> None:
    assert template_hash({"a": 1, "b": 2}) == template_hash({"b": 2, "a": 1})
