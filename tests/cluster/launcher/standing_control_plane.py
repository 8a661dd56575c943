"""Brings up a control plane without a node, as processes on the loopback address; it needs no root."""

import json
from pathlib import Path

from launcher import control_plane
from launcher.addresses import free_ports, is_free
from launcher.certificates import Authority
from launcher.cluster import Cluster, Source
from launcher.kubeconfigs import write_kubeconfig
from launcher.lacks import control_plane_lacks, explain
from launcher.plan import Plan
from launcher.processes import has_started, start_supervisor, starting_whole
from launcher.programs import CONTROL_PLANE, Programs, find_programs
from launcher.progress import LackError, LauncherError, say, wait_until

# No node routes them, and a benchmark makes thousands.
_SERVICES = "198.19.0.0/16"
_KUBERNETES = "198.19.0.1"
_KUBECONFIG = "kubeconfig"
_CONTROLLER_SECONDS = 30.0


def bring_up_control_plane(folder: Path, *, audit: bool, controllers: bool = True) -> Cluster:
    """The control plane in this folder: the one that runs, else a new run on the data that it left.

    Without `controllers` nobody acts on the objects that it keeps.
    """
    programs = prepare_control_plane()
    folder.mkdir(parents=True, exist_ok=True)
    cluster = _cluster(folder, programs, audit=audit)
    if not has_started(folder):
        say(f"starting the control plane {folder.name}")
        with starting_whole(folder):
            _start(cluster, folder, programs, audit=audit, controllers=controllers)
    return cluster


def prepare_control_plane() -> Programs:
    """The programs, compiled if they must be; LackError names what this machine lacks."""
    lacks = control_plane_lacks()
    if lacks:
        raise LackError(explain(lacks))
    return find_programs(CONTROL_PLANE)


def _start(cluster: Cluster, folder: Path, programs: Programs, *, audit: bool, controllers: bool) -> None:
    authority = Authority(folder / "certificates")
    authority.prepare()
    endpoints = _endpoints(folder, audit=audit)
    write_kubeconfig(
        cluster.kubeconfig,
        name=f"mediavault-{folder.name}",
        server=endpoints.server,
        authority=authority,
        client=control_plane.admin(authority),
    )
    parts = [
        control_plane.etcd(programs, folder, endpoints),
        control_plane.api_server(programs, folder, authority, endpoints),
    ]
    if controllers:
        parts.append(control_plane.controller_manager(programs, folder, authority, endpoints))
    plan = Plan(folder=str(folder), search_path=programs.search_path(), programs=tuple(parts))
    start_supervisor(folder, isolated=False).run(plan)
    if controllers:
        wait_until(lambda: _controls(cluster), what="the controllers", seconds=_CONTROLLER_SECONDS)


def _controls(cluster: Cluster) -> bool:
    """Whether the controllers work; the first thing seen of them is an account in each namespace."""
    try:
        cluster.kubectl("get", "serviceaccount", "default", "--namespace", "default")
    except LauncherError:
        return False
    return True


def _cluster(folder: Path, programs: Programs, *, audit: bool) -> Cluster:
    return Cluster(
        name=folder.name,
        source=Source.PROCESSES,
        kubeconfig=folder / _KUBECONFIG,
        search_path=programs.search_path(),
        reachable=False,
        folder=folder,
        audit_log=folder / control_plane.AUDIT_LOG if audit else None,
    )


def _endpoints(folder: Path, *, audit: bool) -> control_plane.Endpoints:
    """The ports of the last run while they are free, so that a kubeconfig stays true."""
    remembered = folder / "ports.json"
    ports = json.loads(remembered.read_text(encoding="ascii")) if remembered.exists() else []
    if not ports or not all(is_free(port) for port in ports):
        ports = free_ports(3)
        remembered.write_text(json.dumps(ports), encoding="ascii")
    return control_plane.Endpoints(
        address="127.0.0.1",
        port=ports[0],
        etcd_port=ports[1],
        etcd_peer_port=ports[2],
        services=_SERVICES,
        service_address=_KUBERNETES,
        audit=audit,
    )
