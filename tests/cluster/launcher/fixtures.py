"""The clusters that pytest hands to tests: one of each shape for a session, started when first asked for.

Where the machine lacks what a cluster needs, tests are skipped with the reason; where CI is set they fail.
"""

import os
from collections.abc import Iterator

import pytest

from launcher import clusters
from launcher.cluster import Cluster, Shape
from launcher.progress import LackError


@pytest.fixture(scope="session")
def control_plane(worker: str) -> Iterator[Cluster]:
    """A cluster that keeps objects and runs no pods, with an audit log."""
    yield from _lasting(f"test-control-plane{worker}", Shape.CONTROL_PLANE)


@pytest.fixture(scope="session")
def node(worker: str) -> Iterator[Cluster]:
    """A cluster that runs pods, with an audit log."""
    yield from _lasting(f"test-node{worker}", Shape.NODE)


@pytest.fixture(scope="session")
def worker() -> str:
    """What tells the clusters of pytest-xdist's workers apart; empty where there is one process."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"-{name}" if name else ""


def lacking(error: LackError) -> None:
    """End the test: as failed where CI is set, else as skipped, with what is lacking."""
    if os.environ.get("CI"):
        pytest.fail(str(error), pytrace=False)
    pytest.skip(str(error))


def _lasting(name: str, shape: Shape) -> Iterator[Cluster]:
    try:
        clusters.prepare(shape)
    except LackError as error:
        lacking(error)
    opened = clusters.node if shape is Shape.NODE else clusters.control_plane
    with opened(name, audit=True) as cluster:
        yield cluster
