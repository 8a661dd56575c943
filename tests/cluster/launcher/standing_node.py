"""Brings up a control plane with a node that runs pods, in namespaces of its own; it needs root."""

import json
import sys
from pathlib import Path

from launcher import control_plane, machine, node_programs
from launcher.addons import COREDNS_IMAGE, addons
from launcher.addresses import NodeAddresses, deal_node_addresses
from launcher.certificates import Authority
from launcher.cluster import Cluster, Source
from launcher.images import load_into_node, pack_program
from launcher.kubeconfigs import write_kubeconfig
from launcher.lacks import cni_folder, explain, install, node_lacks
from launcher.name_server import resolves
from launcher.node_programs import CLUSTER_DOMAIN, PAUSE_IMAGE, Node
from launcher.places import IMPORT_ROOT
from launcher.plan import Isolation, Plan, Program
from launcher.processes import has_started, is_alive, start_supervisor, starting_whole
from launcher.programs import NODE, Programs, find_programs
from launcher.progress import LackError, LauncherError, say, wait_until

_KUBECONFIG = "kubeconfig"
_NODE_SECONDS = 90.0


def bring_up_node(folder: Path, *, audit: bool, install_packages: bool) -> Cluster:
    """The cluster in this folder: the one that runs, else a new run on the data that it left."""
    programs = prepare_node(install_packages=install_packages)
    folder.mkdir(parents=True, exist_ok=True)
    cluster = _cluster(folder, programs, audit=audit)
    if not has_started(folder):
        say(f"starting the node {folder.name}")
        with starting_whole(folder):
            tidy_node(folder)
            _start(cluster, folder, programs, audit=audit)
    return cluster


def prepare_node(*, install_packages: bool) -> Programs:
    """The programs, compiled if they must be; LackError names what this machine lacks."""
    lacks = node_lacks()
    if lacks and install_packages:
        install(lacks)
        lacks = node_lacks()
    if lacks:
        raise LackError(explain(lacks))
    return find_programs(NODE)


def _start(cluster: Cluster, folder: Path, programs: Programs, *, audit: bool) -> None:
    node = _node(folder)
    authority = Authority(folder / "certificates")
    authority.prepare()
    endpoints = _endpoints(node.addresses, audit=audit)
    write_kubeconfig(
        cluster.kubeconfig,
        name=node.name,
        server=endpoints.server,
        authority=authority,
        client=control_plane.admin(authority),
    )
    plan = _plan(programs, node, authority, endpoints)
    machine.KUBELET_FOLDER.mkdir(parents=True, exist_ok=True)
    machine.make_cgroup(node.cgroup)
    supervisor = start_supervisor(folder, isolated=True)
    machine.link(supervisor.pid, node.addresses)
    supervisor.run(plan)
    for program, image in (("pause", PAUSE_IMAGE), ("coredns", COREDNS_IMAGE)):
        archive = pack_program(programs.paths[program], image, folder / f"{program}.tar")
        load_into_node(programs["ctr"], supervisor.pid, archive)
    cluster.kubectl(
        "apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(addons(node.addresses))
    )
    wait_until(
        lambda: _settled(cluster, node.addresses), what="the node and its name server", seconds=_NODE_SECONDS
    )


def tidy_node(folder: Path) -> None:
    """Remove what a node that no longer runs has left on the machine."""
    if is_alive(folder) or not folder.exists():
        return
    node = _node(folder)
    machine.remove_link(node.addresses)
    machine.remove_cgroup(node.cgroup)


def _node(folder: Path) -> Node:
    name, addresses = f"mediavault-{folder.name}", deal_node_addresses(folder)
    # Another user's cluster may have the same name, but never the same addresses at the same time.
    return Node(name=name, folder=folder, addresses=addresses, cgroup=f"/{name}-{addresses.slot}")


def _cluster(folder: Path, programs: Programs, *, audit: bool) -> Cluster:
    return Cluster(
        name=folder.name,
        source=Source.PROCESSES,
        kubeconfig=folder / _KUBECONFIG,
        search_path=programs.search_path(),
        reachable=True,
        folder=folder,
        audit_log=folder / control_plane.AUDIT_LOG if audit else None,
    )


def _endpoints(addresses: NodeAddresses, *, audit: bool) -> control_plane.Endpoints:
    return control_plane.Endpoints(
        address=addresses.node,
        port=6443,
        etcd_port=2379,
        etcd_peer_port=2380,
        services=str(addresses.services),
        service_address=addresses.kubernetes,
        audit=audit,
        kubelets=True,
    )


def _plan(programs: Programs, node: Node, authority: Authority, endpoints: control_plane.Endpoints) -> Plan:
    cni_plugins = cni_folder()
    if cni_plugins is None:
        raise LackError(explain(node_lacks()))
    return Plan(
        folder=str(node.folder),
        search_path=f"{programs.search_path()}:/usr/sbin:/sbin",
        programs=(
            control_plane.etcd(programs, node.folder, endpoints),
            node_programs.containerd(programs, node, cni_plugins),
            control_plane.api_server(programs, node.folder, authority, endpoints),
            control_plane.controller_manager(programs, node.folder, authority, endpoints),
            node_programs.scheduler(programs, node, authority, endpoints),
            node_programs.kubelet(programs, node, authority, endpoints),
            node_programs.kube_proxy(programs, node, authority, endpoints),
            _controllers(node, authority, endpoints),
        ),
        isolation=Isolation(hostname=node.name, binds=_binds(node)),
    )


def _controllers(node: Node, authority: Authority, endpoints: control_plane.Endpoints) -> Program:
    volumes = node.folder / "volumes"
    volumes.mkdir(exist_ok=True)
    client = control_plane.admin(authority)
    options = {
        "--server": endpoints.server,
        "--authority": str(authority.own.certificate),
        "--certificate": str(client.certificate),
        "--key": str(client.key),
        "--node": node.name,
        "--volumes": str(volumes),
        "--load-balancers": str(node.addresses.load_balancers),
    }
    command = [sys.executable, "-m", "launcher.node_controllers"]
    command += [f"{option}={value}" for option, value in options.items()]
    return Program(
        name="node-controllers", command=tuple(command), environment=(("PYTHONPATH", str(IMPORT_ROOT)),)
    )


def _binds(node: Node) -> tuple[tuple[str, str], ...]:
    """The node's own log folder, kubelet folder, and /mnt, where volumes made by hand are wont to lie."""
    targets = {"kubelet": str(machine.KUBELET_FOLDER), "log": "/var/log", "mnt": "/mnt"}
    for source in targets:
        (node.folder / source).mkdir(exist_ok=True)
    return tuple((str(node.folder / source), target) for source, target in targets.items())


def _settled(cluster: Cluster, addresses: NodeAddresses) -> bool:
    """Whether the node is Ready and its pods serve; the first alone may be news of an earlier run."""
    try:
        cluster.kubectl("wait", "nodes", "--all", "--for=condition=Ready", "--timeout=1s")
    except LauncherError:
        return False
    return resolves(f"kubernetes.default.svc.{CLUSTER_DOMAIN}", addresses.kubernetes, server=addresses.dns)
