"""What follows from the secrets that pods began with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children.marks import retiring, web_mark
from mediavault_operator.credentials import Credentials, DatabaseLogin
from mediavault_operator.observed import Observed

Maker = Callable[..., Any]


@pytest.fixture(name="rotated")
def rotated_credentials(credentials: Credentials) -> Credentials:
    return replace(credentials, database=DatabaseLogin(password="new", second=True, rotated_at="now"))


@pytest.fixture(name="retires")
def retire_asker(make_vault: Maker, rotated: Credentials, pod: Maker) -> Callable[..., bool]:
    """Whether the former account is retired, where the Deployment and these pods begin with these marks."""

    def ask(deployment: str, *pods: tuple[str, str], phase: str = "Running") -> bool:
        mark = web_mark(make_vault(), rotated, Observed()) or ""

        def annotations(which: str) -> dict[str, Any]:
            return {"annotations": {names.SECRETS_ANNOTATION: mark if which == "new" else which}}

        def made(component: str, which: str) -> dict[str, Any]:
            body = pod(component, phase=phase)
            return {**body, "metadata": {**body["metadata"], **annotations(which)}}

        seen = Observed(
            deployment={"spec": {"template": {"metadata": annotations(deployment)}}},
            pods=tuple(made(*each) for each in pods),
        )
        return retiring(make_vault(), rotated, seen).database.retired

    return ask


def test_an_account_is_retired_when_no_pod_can_have_begun_with_it(retires: Callable[..., bool]) -> None:
    assert retires("new", (names.WEB, "new"), (names.DATABASE, ""))
    assert retires("new"), "a suspended vault has no pods"
    assert retires("new", (names.WEB, "old"), phase="Succeeded")


@pytest.mark.parametrize("pods", [[(names.WEB, "new"), (names.WEB, "old")], [(names.MIGRATE, "new")]])
def test_it_stays_while_one_may_have(retires: Callable[..., bool], pods: list[tuple[str, str]]) -> None:
    assert not retires("new", *pods)


def test_it_stays_until_the_deployment_follows(retires: Callable[..., bool]) -> None:
    assert not retires("old")


def test_without_an_order_nothing_is_retired(make_vault: Maker, credentials: Credentials) -> None:
    assert retiring(make_vault(), credentials, Observed()) is credentials
