"""The vault of the demo, as the cluster shows it."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from launcher.cluster import Cluster


@dataclass(frozen=True)
class Admin:
    """What its Secret says of the admin, as far as the demo uses it."""

    username: str
    token: str


@dataclass(frozen=True)
class Vault:
    """Name and namespace of a MediaVault, and what can be read of it."""

    name: str
    namespace: str

    @property
    def secret(self) -> str:
        """The Secret with the admin's name, password and API token."""
        return f"{self.name}-admin"

    def read(self, cluster: Cluster) -> dict[str, Any]:
        """The MediaVault as it is now."""
        return self._get(cluster, "mediavault", self.name)

    def admin(self, cluster: Cluster) -> Admin:
        """The admin's name and API token."""
        data = self._get(cluster, "secret", self.secret)["data"]
        username, token = (base64.b64decode(data[key]).decode() for key in ("username", "token"))
        return Admin(username=username, token=token)

    def address(self, cluster: Cluster) -> tuple[str, int]:
        """Address inside the cluster and port of the vault's Service."""
        spec = self._get(cluster, "service", self.name)["spec"]
        return spec["clusterIP"], spec["ports"][0]["port"]

    def _get(self, cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            cluster.kubectl("get", kind, name, "--namespace", self.namespace, "-o", "json")
        )
        return found
