"""The whole app, served, for clients that know nothing of it but its description."""

from collections.abc import Iterator

import pytest

from served_app import ServedApp, served_app


@pytest.fixture(scope="module")
def app(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    with served_app(tmp_path_factory.mktemp("described")) as app:
        yield app
