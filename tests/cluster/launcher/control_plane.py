"""The programs of a control plane: etcd, the API server and the controllers, and how each is told to run."""

import json
from dataclasses import dataclass
from pathlib import Path

from launcher.certificates import Authority, Certificate
from launcher.kubeconfigs import write_kubeconfig
from launcher.plan import Program
from launcher.programs import Programs

AUDIT_LOG = "audit.log"
_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}


@dataclass(frozen=True)
class Endpoints:
    """Where a control plane listens; `service_address` is the API server's first address as a Service."""

    address: str
    port: int
    etcd_port: int
    etcd_peer_port: int
    services: str
    service_address: str
    audit: bool = False
    kubelets: bool = False

    @property
    def server(self) -> str:
        """The API server's URL."""
        return f"https://{self.address}:{self.port}"

    @property
    def etcd(self) -> str:
        """etcd's URL for its clients."""
        return f"http://127.0.0.1:{self.etcd_port}"


def etcd(programs: Programs, folder: Path, endpoints: Endpoints) -> Program:
    """etcd without fsync: a cluster of this kind outlives the death of its processes, not of its machine."""
    peer = f"http://127.0.0.1:{endpoints.etcd_peer_port}"
    return Program(
        name="etcd",
        command=(
            *(programs["etcd"], "--name=only", f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync"),
            *(f"--listen-client-urls={endpoints.etcd}", f"--advertise-client-urls={endpoints.etcd}"),
            *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"),
            *(f"--initial-cluster=only={peer}", "--log-level=warn"),
        ),
        ready=f"{endpoints.etcd}/readyz",
    )


def api_server(programs: Programs, folder: Path, authority: Authority, endpoints: Endpoints) -> Program:
    """The API server, with every admission plugin that is on by default."""
    serving = authority.sign(
        "kube-apiserver",
        user="kube-apiserver",
        hosts=("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"),
        addresses=("127.0.0.1", endpoints.address, endpoints.service_address),
    )
    command = [
        *(programs["kube-apiserver"], f"--etcd-servers={endpoints.etcd}"),
        *(f"--bind-address={endpoints.address}", f"--secure-port={endpoints.port}"),
        f"--advertise-address={endpoints.address}",
        *(f"--tls-cert-file={serving.certificate}", f"--tls-private-key-file={serving.key}"),
        *(f"--client-ca-file={authority.own.certificate}", "--authorization-mode=Node,RBAC"),
        f"--service-cluster-ip-range={endpoints.services}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={authority.service_accounts.certificate}",
        f"--service-account-signing-key-file={authority.service_accounts.key}",
        "--allow-privileged=true",
    ]
    if endpoints.kubelets:
        client = authority.sign("kubelet-client", user="kube-apiserver", group="system:masters")
        command += [
            f"--kubelet-client-certificate={client.certificate}",
            f"--kubelet-client-key={client.key}",
            f"--kubelet-certificate-authority={authority.own.certificate}",
            "--kubelet-preferred-address-types=InternalIP",
        ]
    else:
        # The loopback address cannot be an endpoint of the Service `kubernetes`, and nothing would use it.
        command.append("--endpoint-reconciler-type=none")
    if endpoints.audit:
        policy = folder / "audit-policy.json"
        policy.write_text(json.dumps(_AUDIT_POLICY), encoding="utf-8")
        command += [
            *(f"--audit-policy-file={policy}", f"--audit-log-path={folder / AUDIT_LOG}"),
            "--audit-log-maxsize=2000",
        ]
    return Program(name="kube-apiserver", command=tuple(command), ready=f"{endpoints.server}/readyz")


def controller_manager(
    programs: Programs, folder: Path, authority: Authority, endpoints: Endpoints
) -> Program:
    """The controllers: garbage collection, namespaces, service accounts, workloads, claims."""
    kubeconfig = component_kubeconfig(folder, authority, endpoints, user="system:kube-controller-manager")
    return Program(
        name="kube-controller-manager",
        command=(
            *(programs["kube-controller-manager"], f"--kubeconfig={kubeconfig}", "--leader-elect=false"),
            f"--service-account-private-key-file={authority.service_accounts.key}",
            *(f"--root-ca-file={authority.own.certificate}", "--use-service-account-credentials=true"),
            *("--secure-port=0", "--node-monitor-grace-period=60s"),
        ),
    )


def component_kubeconfig(
    folder: Path, authority: Authority, endpoints: Endpoints, *, user: str, group: str = ""
) -> Path:
    """The kubeconfig of one part of the cluster, made when first asked for."""
    name = user.rpartition(":")[2]
    client = authority.sign(f"client-{name}", user=user, group=group)
    path = folder / f"{name}.kubeconfig"
    return write_kubeconfig(path, name=name, server=endpoints.server, authority=authority, client=client)


def admin(authority: Authority) -> Certificate:
    """The certificate of the person who has the cluster."""
    return authority.sign("admin", user="admin", group="system:masters")
