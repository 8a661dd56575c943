"""Clusters side by side never share an address."""

import ipaddress
import itertools
import socket

import pytest

from launcher.addresses import NodeAddresses, choose_slot, free_ports
from launcher.progress import LauncherError


def test_two_clusters_have_no_address_in_common() -> None:
    first, second = choose_slot(set(), ()), choose_slot({0}, ())
    assert not first.whole.overlaps(second.whole)
    assert first.host_interface != second.host_interface


def test_the_parts_of_a_cluster_do_not_overlap() -> None:
    addresses = NodeAddresses(3)
    parts = (addresses.pods, addresses.services, addresses.load_balancers)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(parts, 2))
    ends = {ipaddress.ip_address(addresses.host), ipaddress.ip_address(addresses.node)}
    assert not any(end in part for end in ends for part in parts)
    assert all(end in addresses.whole for end in ends)


def test_addresses_that_this_machine_routes_elsewhere_are_passed_over() -> None:
    routed = ipaddress.IPv4Network("198.18.16.0/24")
    assert choose_slot({0}, (routed,)).slot == 2


def test_running_out_of_addresses_says_what_to_do() -> None:
    with pytest.raises(LauncherError, match="Bring down a cluster"):
        choose_slot(set(), (ipaddress.IPv4Network("198.18.0.0/15"),))


def test_free_ports_differ_and_can_be_listened_on() -> None:
    ports = free_ports(3)
    assert len(set(ports)) == 3
    with socket.create_server(("127.0.0.1", ports[0])) as server:
        assert server.getsockname()[1] == ports[0]
