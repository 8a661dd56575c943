"""Which address each Service of type LoadBalancer gets from a node's range."""

import ipaddress
from collections.abc import Iterable

from launcher.kube import Object


def addresses_to_assign(
    services: Iterable[Object], network: ipaddress.IPv4Network
) -> list[tuple[Object, str]]:
    """Services that wait for an address, each with the first one free; fewer when the range is used up."""
    balanced = [item for item in services if item["spec"].get("type") == "LoadBalancer"]
    taken = {ingress.get("ip") for item in balanced for ingress in _ingresses(item)}
    free = (str(address) for address in network.hosts() if str(address) not in taken)
    waiting = [item for item in balanced if not _ingresses(item)]
    return list(zip(waiting, free, strict=False))


def _ingresses(service: Object) -> list[Object]:
    ingresses: list[Object] = service.get("status", {}).get("loadBalancer", {}).get("ingress", [])
    return ingresses
