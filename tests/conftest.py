"""What the tests on clusters, on real pods and in a real browser share."""

from pathlib import Path

import pytest

from demo.chosen_images import built_images
from demo.installing import install_operator
from launcher import clusters
from launcher.cluster import Cluster

pytest_plugins = ["launcher.fixtures"]

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture(scope="session")
def media() -> Path:
    """A folder with a real photo, video, piece of music and document."""
    return EXAMPLES / "media"


@pytest.fixture(scope="session")
def installed(node: Cluster) -> Cluster:
    """A node on which the operator was installed as the README says."""
    images = built_images()
    for archive in images.archives:
        clusters.load_image(node, archive)
    install_operator(node, images)
    return node
