"""What the tests on real pods share."""

from collections.abc import Iterator

import pytest

from demo.chosen_images import built_images
from launcher.cluster import Cluster
from tenancy import bucket_server
from tenancy.bucket_server import Server
from tenancy.namespaces import restricted_namespace
from tenancy.vault import TenantVault


@pytest.fixture
def vault(installed: Cluster) -> Iterator[TenantVault]:
    """A vault that is still to be applied, in a namespace of its own."""
    with restricted_namespace(installed) as namespace:
        yield TenantVault(installed, namespace)


@pytest.fixture
def server(installed: Cluster) -> Iterator[Server]:
    """A server of buckets, in a namespace of its own."""
    with bucket_server.running(installed, image=built_images().app) as server:
        yield server
