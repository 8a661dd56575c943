"""Clusters made of processes, whatever this machine would choose otherwise."""

from collections.abc import Iterator

import pytest

from launcher import clusters
from launcher.cluster import Cluster, Shape, Source
from launcher.fixtures import lacking, lasting
from launcher.progress import LackError


@pytest.fixture(scope="session")
def able() -> None:
    """This machine has what a control plane needs."""
    try:
        clusters.prepare(Shape.CONTROL_PLANE, source=Source.PROCESSES)
    except LackError as error:
        lacking(error)


@pytest.fixture(scope="session")
def standing() -> Iterator[Cluster]:
    """A control plane that no test breaks."""
    yield from lasting("test-standing", Shape.CONTROL_PLANE, Source.PROCESSES)


@pytest.fixture(scope="session")
def own_node() -> Iterator[Cluster]:
    """A node that no other tests use."""
    yield from lasting("test-launcher", Shape.NODE, Source.PROCESSES)
