"""Addresses of the clusters on this machine, dealt so that several stand side by side.

A cluster with a node takes one /20 of 198.18.0.0/15, the range reserved for benchmarks of devices (RFC 2544),
which neither offices, clouds nor VPNs route. A control plane alone takes free ports of the loopback address.
"""

import ipaddress
import itertools
import random
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.exclusively import exclusively
from launcher.places import clusters_folder
from launcher.progress import LauncherError

_RANGE = ipaddress.IPv4Network("198.18.0.0/15")
_SLOT_PREFIX = 20
_SLOT_FILE = "slot"
_PORTS = range(20000, 32000)


@dataclass(frozen=True)
class NodeAddresses:
    """The networks of one cluster with a node: all parts of one /20."""

    slot: int

    @property
    def whole(self) -> ipaddress.IPv4Network:
        """Everything of this cluster; what the host routes to its node."""
        return ipaddress.IPv4Network((int(_RANGE[0]) + self.slot * 2 ** (32 - _SLOT_PREFIX), _SLOT_PREFIX))

    @property
    def pods(self) -> ipaddress.IPv4Network:
        """Addresses of pods."""
        return self._quarter(0)

    @property
    def services(self) -> ipaddress.IPv4Network:
        """Addresses of Services."""
        return self._quarter(1)

    @property
    def load_balancers(self) -> ipaddress.IPv4Network:
        """Addresses given to Services of type LoadBalancer."""
        return self._quarter(2)

    @property
    def kubernetes(self) -> str:
        """The API server's address as a Service."""
        return str(self.services[1])

    @property
    def dns(self) -> str:
        """The cluster's name server."""
        return str(self.services[10])

    @property
    def host(self) -> str:
        """This machine's end of the link to the node."""
        return str(self.whole[-3])

    @property
    def node(self) -> str:
        """The node's end of the link."""
        return str(self.whole[-2])

    @property
    def host_interface(self) -> str:
        """The name of this machine's end of the link."""
        return f"mediavault{self.slot}"

    def _quarter(self, index: int) -> ipaddress.IPv4Network:
        return list(self.whole.subnets(prefixlen_diff=2))[index]


def deal_node_addresses(folder: Path) -> NodeAddresses:
    """The addresses of the cluster in this folder: those it had, else the first that nothing else uses."""
    with exclusively(clusters_folder() / ".addresses.lock", "dealing addresses"):
        chosen = folder / _SLOT_FILE
        if chosen.exists():
            return NodeAddresses(int(chosen.read_text(encoding="utf-8")))
        taken = {int(path.read_text(encoding="utf-8")) for path in clusters_folder().glob(f"*/{_SLOT_FILE}")}
        routed = _routed_networks(Path("/proc/net/route").read_text(encoding="ascii").splitlines())
        addresses = choose_slot(taken, routed)
        chosen.write_text(str(addresses.slot), encoding="utf-8")
        return addresses


def choose_slot(taken: set[int], routed: Iterable[ipaddress.IPv4Network]) -> NodeAddresses:
    """The first slot that no cluster has taken and no route of this machine overlaps."""
    foreign = tuple(routed)
    for slot in range(2 ** (_SLOT_PREFIX - _RANGE.prefixlen)):
        addresses = NodeAddresses(slot)
        if slot not in taken and not any(addresses.whole.overlaps(network) for network in foreign):
            return addresses
    raise LauncherError(
        f"No free addresses are left in {_RANGE}. Bring down a cluster: `launcher down NAME`."
    )


def free_ports(count: int) -> tuple[int, ...]:
    """Ports of the loopback address that nothing listens on at this moment."""
    # Below those that outgoing connections take: one of them could hold a port while its server is away.
    free = (port for port in random.sample(_PORTS, len(_PORTS)) if is_free(port))
    return tuple(itertools.islice(free, count))


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _routed_networks(lines: list[str]) -> Iterator[ipaddress.IPv4Network]:
    for line in lines[1:]:
        fields = line.split()
        destination, mask = (int.from_bytes(bytes.fromhex(fields[index]), "little") for index in (1, 7))
        if mask:
            yield ipaddress.IPv4Network((destination, mask.bit_count()))
