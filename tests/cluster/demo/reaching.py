"""How this machine reaches the vault's Service: directly, or through a port-forward."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from demo.vault import Vault
from launcher.cluster import Cluster
from launcher.progress import LauncherError

FORWARDED_PORT = 8080


def direct_url(cluster: Cluster, vault: Vault) -> str:
    """The vault's URL at its Service's address, which the host of the demo's own node can route to."""
    address, port = vault.address(cluster)
    return f"http://{address}" if port == 80 else f"http://{address}:{port}"


def forward_arguments(cluster: Cluster, vault: Vault, port: str) -> tuple[str, ...]:
    """The words after `kubectl` that forward a local port (empty: any free one) to the vault."""
    _, service_port = vault.address(cluster)
    return ("port-forward", "--namespace", vault.namespace, f"service/{vault.name}", f"{port}:{service_port}")


@contextmanager
def reach(cluster: Cluster, vault: Vault) -> Iterator[str]:
    """A URL of the vault that answers while the context lasts."""
    if cluster.reachable:
        yield direct_url(cluster, vault)
        return
    command = ["kubectl", *forward_arguments(cluster, vault, "")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=dict(cluster.environment)
    ) as forward:
        try:
            found = re.search(r"127\.0\.0\.1:\d+", forward.stdout.readline() if forward.stdout else "")
            if not found:
                raise LauncherError("kubectl port-forward to the vault did not start")
            yield f"http://{found[0]}"
        finally:
            forward.terminate()
