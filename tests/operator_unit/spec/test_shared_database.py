"""A database on a shared server: whose Secret makes it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mediavault_operator.spec import (
    Defaults,
    InvalidSpec,
    MediaVault,
    SharedDatabase,
    effective,
    last_served,
    parse,
)

METADATA = {"name": "photos", "namespace": "tenant", "uid": "u", "generation": 1}
CLASS = {"database": {"shared": {"adminSecretName": "server"}}}


@pytest.fixture(name="at_home")
def defaults_of_an_operator_in_a_namespace(defaults: Defaults) -> Defaults:
    return replace(defaults, namespace="mediavault-system")


def test_the_secret_that_a_vault_names_stands_beside_it(make_vault: Callable[..., MediaVault]) -> None:
    vault = make_vault(CLASS)
    assert vault.database == SharedDatabase(admin_secret="server", admin_namespace="tenant")


@pytest.mark.parametrize("spec", [{}, {"database": {"shared": {}}}])
def test_the_secret_that_a_class_names_stands_beside_the_operator(
    spec: dict[str, object], at_home: Defaults
) -> None:
    vault = parse({"metadata": METADATA, "spec": spec}, defaults=at_home, layer=CLASS)
    assert vault.database == SharedDatabase(
        admin_secret="server", admin_namespace="mediavault-system", from_class=True
    )


def test_the_status_remembers_where_the_secret_stands(at_home: Defaults) -> None:
    body = {"metadata": METADATA, "spec": {}}
    for layer, spec in ((CLASS, {}), ({}, CLASS)):
        vault = parse({**body, "spec": spec}, defaults=at_home, layer=layer)
        again = last_served({**body, "status": {"effective": effective(vault)}}, defaults=at_home)
        assert again is not None
        assert again.database == vault.database


def test_a_server_that_nobody_names_is_refused(
    make_vault: Callable[..., MediaVault], defaults: Defaults
) -> None:
    with pytest.raises(InvalidSpec, match="adminSecretName"):
        make_vault({"database": {"shared": {}}})
    with pytest.raises(InvalidSpec, match="operator's namespace"):
        parse({"metadata": METADATA, "spec": {}}, defaults=defaults, layer=CLASS)
