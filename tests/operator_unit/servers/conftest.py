"""A real server for all tests of this folder."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mediavault_operator.servers.postgres import Admin
from shared_postgres import ADMIN, PASSWORD, ask, running_postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder of its socket."""
    with running_postgres() as folder:
        yield folder


@pytest.fixture
def admin(server: Path) -> Admin:
    """An admin with the least rights that the work needs."""
    return Admin(host=str(server), port=5432, username=ADMIN, password=PASSWORD)


@pytest.fixture(name="ask")
def asking(server: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks the server as its superuser."""
    return partial(ask, server)
