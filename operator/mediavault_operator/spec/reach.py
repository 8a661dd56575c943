"""How a vault is reached: its Service, and by which names from outside."""

from dataclasses import dataclass
from enum import StrEnum


class ServiceType(StrEnum):
    """How far the vault's Service reaches."""

    CLUSTER_IP = "ClusterIP"
    NODE_PORT = "NodePort"
    LOAD_BALANCER = "LoadBalancer"


class TrafficPolicy(StrEnum):
    """Through which nodes traffic from outside comes; `UNSET` leaves it to Kubernetes."""

    UNSET = ""
    CLUSTER = "Cluster"
    LOCAL = "Local"


@dataclass(frozen=True, kw_only=True)
class Service:
    """The vault's Service."""

    type: ServiceType = ServiceType.CLUSTER_IP
    port: int = 80
    node_port: int | None = None
    balancer_class: str | None = None
    source_ranges: tuple[str, ...] = ()
    traffic_policy: TrafficPolicy = TrafficPolicy.UNSET
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ingress:
    """How the vault is reached from outside by name; `tls_secret` is None where nothing is encrypted."""

    host: str
    class_name: str | None = None
    annotations: tuple[tuple[str, str], ...] = ()
    tls_secret: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parent:
    """A Gateway, or one listener of it; without a namespace it stands in the vault's own."""

    name: str
    namespace: str | None = None
    section: str | None = None
    port: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """How the vault is reached through the Gateway API; `tls` is what its listeners speak."""

    parents: tuple[Parent, ...]
    hosts: tuple[str, ...]
    tls: bool = True
    annotations: tuple[tuple[str, str], ...] = ()
