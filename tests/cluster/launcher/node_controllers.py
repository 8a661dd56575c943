"""What a cloud would do for a cluster: volumes, addresses of load balancers, network policies.

Started by the supervisor inside the node's namespaces. One loop looks at everything as it is now whenever
something changed, so that nothing depends on having seen an event.
"""

import argparse
import http.client
import ipaddress
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from launcher import load_balancers, network_policies, volumes
from launcher.kube import Api, ApiError
from launcher.watching import Watched

_RESYNC = 30.0
_SETTLE = 0.05
_PV = "/api/v1/persistentvolumes"


class Volumes:
    """Makes, grows and removes the folders that `local` volumes point at."""

    def __init__(self, api: Api, changed: threading.Event, *, node: str, root: Path) -> None:
        self._api, self._node, self._root = api, node, root
        self._claims = Watched(api, "/api/v1/persistentvolumeclaims", changed)
        self._classes = Watched(api, "/apis/storage.k8s.io/v1/storageclasses", changed)
        self._volumes = Watched(api, _PV, changed)

    def reconcile(self) -> None:
        """Bring volumes in line with the claims."""
        if not all(item.complete.is_set() for item in (self._claims, self._classes, self._volumes)):
            return
        claims, existing = self._claims.objects(), self._volumes.objects()
        wanted = volumes.volumes_to_create(
            claims, self._classes.objects(), existing, node=self._node, root=str(self._root)
        )
        for volume in wanted:
            Path(volume["spec"]["local"]["path"]).mkdir(exist_ok=True)
            _ignoring(409, partial(self._api.create, _PV, volume))
        for name in volumes.volumes_to_remove(existing):
            shutil.rmtree(self._root / name, ignore_errors=True)
            _ignoring(404, partial(self._api.delete, f"{_PV}/{name}"))
        for claim, size in volumes.claims_to_grow(claims, existing):
            metadata, capacity = claim["metadata"], {"capacity": {"storage": size}}
            self._api.merge(f"{_PV}/{claim['spec']['volumeName']}", {"spec": capacity})
            path = f"/api/v1/namespaces/{metadata['namespace']}/persistentvolumeclaims/{metadata['name']}"
            self._api.merge(f"{path}/status", {"status": capacity})


class LoadBalancers:
    """Gives Services of type LoadBalancer an address that leads to the node."""

    def __init__(self, api: Api, changed: threading.Event, network: ipaddress.IPv4Network) -> None:
        self._api, self._network = api, network
        self._services = Watched(api, "/api/v1/services", changed)

    def reconcile(self) -> None:
        """Give every waiting Service its address."""
        for service, address in load_balancers.addresses_to_assign(self._services.objects(), self._network):
            metadata = service["metadata"]
            path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/status"
            self._api.merge(path, {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}})


class NetworkPolicies:
    """Holds the pods of this node to the NetworkPolicies that select them."""

    def __init__(self, api: Api, changed: threading.Event) -> None:
        self._policies = Watched(api, "/apis/networking.k8s.io/v1/networkpolicies", changed)
        self._pods = Watched(api, "/api/v1/pods", changed)
        self._namespaces = Watched(api, "/api/v1/namespaces", changed)
        self._loaded = ""

    def reconcile(self) -> None:
        """Load the rules if they are not those that were loaded last."""
        watched = (self._policies, self._pods, self._namespaces)
        if not all(item.complete.is_set() for item in watched):
            return
        policies, pods, namespaces = (item.objects() for item in watched)
        wanted = network_policies.ruleset(network_policies.world(policies, pods, namespaces))
        if wanted != self._loaded:
            subprocess.run(["nft", "-f", "-"], input=wanted, text=True, check=True)
            self._loaded = wanted


def _ignoring(status: int, request: Callable[[], object]) -> None:
    """Run a request whose refusal with this status means that it has been done already."""
    try:
        request()
    except ApiError as error:
        if error.status != status:
            raise


def main() -> None:
    """Watch and reconcile until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--server", "--authority", "--certificate", "--key", "--node"):
        parser.add_argument(option, required=True)
    parser.add_argument("--volumes", required=True, type=Path)
    parser.add_argument("--load-balancers", required=True, type=ipaddress.IPv4Network)
    options = parser.parse_args()
    api = Api(options.server, options.authority, options.certificate, options.key)
    changed = threading.Event()
    controllers = (
        Volumes(api, changed, node=options.node, root=options.volumes),
        LoadBalancers(api, changed, options.load_balancers),
        NetworkPolicies(api, changed),
    )
    while True:
        changed.wait(_RESYNC)
        time.sleep(_SETTLE)
        changed.clear()
        for controller in controllers:
            try:
                controller.reconcile()
            except (OSError, ApiError, http.client.HTTPException, subprocess.CalledProcessError) as error:
                print(f"{type(controller).__name__}: {error}", flush=True)


if __name__ == "__main__":
    main()
