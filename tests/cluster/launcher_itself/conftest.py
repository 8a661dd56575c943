"""Clusters made of processes, whatever this machine would choose otherwise."""

from collections.abc import Iterator

import pytest

from launcher import clusters, given
from launcher.cluster import Cluster, Shape
from launcher.fixtures import lacking
from launcher.progress import LackError


@pytest.fixture(scope="session")
def processes() -> Iterator[None]:
    """Neither KUBECONFIG nor kind is looked at while a test has this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KUBECONFIG", raising=False)
        patch.setattr(given, "kind_answers", lambda: False)
        yield


@pytest.fixture(scope="session")
def own_node(processes: None, worker: str) -> Iterator[Cluster]:
    """A node that no other tests use."""
    try:
        clusters.prepare(Shape.NODE)
    except LackError as error:
        lacking(error)
    with clusters.node(f"test-launcher{worker}", audit=True) as cluster:
        yield cluster
