"""The programs that make a node of a control plane: container runtime, kubelet, service proxy, scheduler.

They run in namespaces of their own, so that paths under /run are this node's alone.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from launcher.addresses import NodeAddresses
from launcher.certificates import Authority
from launcher.control_plane import Endpoints, component_kubeconfig
from launcher.plan import Program
from launcher.programs import Programs
from launcher.progress import LauncherError

CONTAINERD_SOCKET = "/run/containerd/containerd.sock"
PAUSE_IMAGE = "localhost/pause:1"
CLUSTER_DOMAIN = "cluster.local"

_CONTAINERD = """\
version = 3
root = "{root}"
state = "/run/containerd"

[grpc]
address = "{socket}"

[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "{pause}"

[plugins.'io.containerd.cri.v1.runtime']
# Without the capability CAP_SYS_RESOURCE no process may lower its score, and every sandbox would fail.
restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ["{cni_plugins}"]
conf_dir = "{cni_configuration}"

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = "{runc}"
SystemdCgroup = false
"""


@dataclass(frozen=True)
class Node:
    """One node: its name, its folder, its addresses, and the cgroup that holds its pods."""

    name: str
    folder: Path
    addresses: NodeAddresses
    cgroup: str


def containerd(programs: Programs, node: Node, cni_plugins: Path) -> Program:
    """The container runtime. Pods are linked by routes, so that every packet passes the node's filters."""
    runc = shutil.which("runc", path=f"{programs.search_path()}:/usr/sbin:/sbin")
    if runc is None:
        raise LauncherError("The command runc is not installed.")
    network = node.folder / "cni"
    network.mkdir(exist_ok=True)
    (network / "10-pods.conflist").write_text(json.dumps(_pod_network(node)), encoding="utf-8")
    configuration = node.folder / "containerd.toml"
    configuration.write_text(
        _CONTAINERD.format(
            root=node.folder / "containerd",
            socket=CONTAINERD_SOCKET,
            pause=PAUSE_IMAGE,
            cni_plugins=cni_plugins,
            cni_configuration=network,
            runc=runc,
        ),
        encoding="utf-8",
    )
    return Program(
        name="containerd",
        command=(programs["containerd"], "--config", str(configuration)),
        ready=CONTAINERD_SOCKET,
    )


def kubelet(programs: Programs, node: Node, authority: Authority, endpoints: Endpoints) -> Program:
    """The kubelet; it takes the machine as it is: either version of cgroups, swap, a full disk."""
    user = f"system:node:{node.name}"
    kubeconfig = component_kubeconfig(node.folder, authority, endpoints, user=user, group="system:nodes")
    serving = authority.sign("kubelet", user=user, group="system:nodes", addresses=(node.addresses.node,))
    resolver = node.folder / "resolv.conf"
    resolver.write_text("# The node knows no name server of the outside.\n", encoding="utf-8")
    configuration = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node.addresses.node,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(authority.own.certificate)},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(serving.certificate),
        "tlsPrivateKeyFile": str(serving.key),
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": node.cgroup,
        "failCgroupV1": False,
        "enforceNodeAllocatable": [],
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%"},
        "imageGCHighThresholdPercent": 100,
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "clusterDNS": [node.addresses.dns],
        "clusterDomain": CLUSTER_DOMAIN,
        "resolvConf": str(resolver),
        "volumePluginDir": str(node.folder / "volume-plugins"),
        "syncFrequency": "10s",
        "nodeStatusUpdateFrequency": "10s",
        "shutdownGracePeriod": "0s",
    }
    path = node.folder / "kubelet.json"
    path.write_text(json.dumps(configuration), encoding="utf-8")
    return Program(
        name="kubelet",
        command=(
            *(programs["kubelet"], f"--config={path}", f"--kubeconfig={kubeconfig}"),
            *(f"--hostname-override={node.name}", f"--node-ip={node.addresses.node}"),
        ),
        ready="http://127.0.0.1:10248/healthz",
    )


def scheduler(programs: Programs, node: Node, authority: Authority, endpoints: Endpoints) -> Program:
    """The scheduler."""
    kubeconfig = component_kubeconfig(node.folder, authority, endpoints, user="system:kube-scheduler")
    return Program(
        name="kube-scheduler",
        command=(
            programs["kube-scheduler"],
            *(f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--secure-port=0"),
        ),
    )


def kube_proxy(programs: Programs, node: Node, authority: Authority, endpoints: Endpoints) -> Program:
    """The proxy of Services, by nftables; it leaves the machine's table of connections alone."""
    kubeconfig = component_kubeconfig(node.folder, authority, endpoints, user="system:kube-proxy")
    configuration = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": str(kubeconfig)},
        "clusterCIDR": str(node.addresses.pods),
        "conntrack": {"maxPerCore": 0, "min": 0},
        "nftables": {"minSyncPeriod": "100ms"},
        "hostnameOverride": node.name,
    }
    path = node.folder / "kube-proxy.json"
    path.write_text(json.dumps(configuration), encoding="utf-8")
    return Program(
        name="kube-proxy",
        command=(programs["kube-proxy"], f"--config={path}"),
        ready="http://127.0.0.1:10249/healthz",
    )


def _pod_network(node: Node) -> dict[str, object]:
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                "type": "ptp",
                "ipMasq": False,
                "ipam": {
                    "type": "host-local",
                    "dataDir": "/run/cni-addresses",
                    "ranges": [[{"subnet": str(node.addresses.pods)}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            }
        ],
    }
