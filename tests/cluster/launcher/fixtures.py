"""The clusters that pytest hands to tests: one of each shape for a session, started when first asked for.

Where the machine lacks what a cluster needs, tests are skipped with the reason; where CI is set they fail.
"""

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from launcher import clusters
from launcher.cluster import Cluster, Shape, Source
from launcher.progress import LackError


@pytest.fixture(scope="session")
def control_plane() -> Iterator[Cluster]:
    """A cluster that keeps objects and runs no pods, with an audit log."""
    yield from lasting("test-control-plane", Shape.CONTROL_PLANE)


@pytest.fixture(scope="session")
def node() -> Iterator[Cluster]:
    """A cluster that runs pods, with an audit log."""
    yield from lasting("test-node", Shape.NODE)


def lacking(error: LackError) -> NoReturn:
    """End the test: as failed where CI is set, else as skipped, with what is lacking."""
    if os.environ.get("CI"):
        pytest.fail(str(error), pytrace=False)
    pytest.skip(str(error))


def lasting(name: str, shape: Shape, source: Source | None = None) -> Iterator[Cluster]:
    """A cluster for a fixture to yield, with an audit log where it is made of processes."""
    try:
        clusters.prepare(shape, source=source)
    except LackError as error:
        lacking(error)
    with clusters.lasting(name, shape, audit=True, source=source) as cluster:
        yield cluster
