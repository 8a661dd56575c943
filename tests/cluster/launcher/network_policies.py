"""Translates NetworkPolicies into nftables rules for the addresses of the pods they select.

No enforcer of NetworkPolicies runs on every kernel that tests run on, so the node does with what it has: its
pods are linked by routes, and every packet between them and the outside passes the hooks used here, after
Services have been translated. Rules follow a pod's address, so a pod is open until it has one that is known;
a connection that was allowed lives on when the rules change. What a pod sends to its own node is held to the
egress rules too: the API server stands there, which elsewhere it does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from launcher.kube import Object
from launcher.label_selectors import selects

TABLE = "network_policies"
_FINISHED = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Pod:
    """What policies know of a pod: its address, its labels, and its ports by name and protocol."""

    namespace: str
    address: str
    labels: dict[str, str]
    ports: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Everything that policies speak of."""

    policies: tuple[Object, ...]
    pods: tuple[Pod, ...]
    namespaces: dict[str, dict[str, str]]


def world(policies: Iterable[Object], pods: Iterable[Object], namespaces: Iterable[Object]) -> World:
    """The world as the API server's objects show it; pods on the node's own network are left out."""
    labels = {item["metadata"]["name"]: item["metadata"].get("labels", {}) for item in namespaces}
    # The youngest pod has an address that an older one, already ended, is still shown with.
    by_age = sorted(pods, key=lambda item: str(item["metadata"]["creationTimestamp"]))
    known = {pod.address: pod for pod in (_pod(item) for item in by_age if _has_own_address(item))}
    return World(policies=tuple(policies), pods=tuple(known.values()), namespaces=labels)


def ruleset(seen: World) -> str:
    """The nftables table that holds all pods to all policies; loading it replaces the one before."""
    chains: list[str] = []
    jumps: dict[str, list[str]] = {"egress": [], "ingress": []}
    for pod in seen.pods:
        for direction, found in jumps.items():
            rules = _rules(seen, pod, direction)
            if rules is not None:
                chain = f"{direction}_{pod.address.replace('.', '_')}"
                chains.append(_chain(chain, [*rules, "drop"]))
                found.append(f"{pod.address} : jump {chain}")
    leaving = _vmap("saddr", jumps["egress"])
    arriving = _vmap("daddr", jumps["ingress"])
    allowed = "ct state established,related accept"
    hook = "type filter hook {} priority filter + 10; policy accept;"
    bases = [
        _chain("forward", [hook.format("forward"), allowed, *leaving, *arriving]),
        _chain("input", [hook.format("input"), allowed, *leaving]),
    ]
    body = "\n".join([*chains, *bases])
    return f"table ip {TABLE}\ndelete table ip {TABLE}\ntable ip {TABLE} {{\n{body}\n}}\n"


def _rules(seen: World, pod: Pod, direction: str) -> list[str] | None:
    """The rules that let packets of this pod pass in this direction; None where no policy isolates it."""
    isolating = [policy for policy in seen.policies if _isolates(policy, pod, direction)]
    if not isolating:
        return None
    own = "daddr" if direction == "egress" else "saddr"
    rules = [f"ip {own} {pod.address} return"]
    for policy in isolating:
        for rule in policy["spec"].get(direction) or ():
            rules += _rule(seen, policy["metadata"]["namespace"], pod, direction, rule)
    return rules


def _isolates(policy: Object, pod: Pod, direction: str) -> bool:
    spec = policy["spec"]
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
    if direction.capitalize() not in types or policy["metadata"]["namespace"] != pod.namespace:
        return False
    return selects(spec.get("podSelector") or {}, pod.labels)


def _rule(seen: World, namespace: str, pod: Pod, direction: str, rule: Object) -> Iterator[str]:
    peers = rule.get("to" if direction == "egress" else "from") or ()
    ports = rule.get("ports") or ()
    own = "daddr" if direction == "egress" else "saddr"
    if not peers:
        everyone = seen.pods if direction == "egress" else (pod,)
        yield from _passes("", ports, everyone, named_at=own if direction == "egress" else "")
    for peer in peers:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            match = f"ip {own} {block['cidr']}"
            if block.get("except"):
                match += f" ip {own} != {{ {', '.join(block['except'])} }}"
            yield from _passes(match, ports, () if direction == "egress" else (pod,))
            continue
        chosen = tuple(item for item in seen.pods if _is_peer(seen, namespace, peer, item))
        if chosen:
            match = f"ip {own} {{ {', '.join(item.address for item in chosen)} }}"
            named = chosen if direction == "egress" else (pod,)
            yield from _passes(match, ports, named, named_at=own if direction == "egress" else "")


def _is_peer(seen: World, namespace: str, peer: Object, pod: Pod) -> bool:
    if "namespaceSelector" in peer:
        if not selects(peer["namespaceSelector"], seen.namespaces.get(pod.namespace, {})):
            return False
    elif pod.namespace != namespace:
        return False
    return selects(peer.get("podSelector") or {}, pod.labels)


def _passes(
    match: str, ports: Iterable[Object], receivers: tuple[Pod, ...], *, named_at: str = ""
) -> Iterator[str]:
    """Rules that let this match pass on these ports; a port's name means what each receiver calls so."""
    listed = tuple(ports)
    if not listed:
        yield f"{match} return".strip()
    for port in listed:
        protocol = port.get("protocol", "TCP")
        wanted = port.get("port")
        if isinstance(wanted, str):
            for receiver in receivers:
                number = receiver.ports.get((wanted, protocol))
                if number is not None:
                    only = f"ip {named_at} {receiver.address}" if named_at else match
                    yield f"{only} {protocol.lower()} dport {number} return".strip()
        elif wanted is None:
            yield f"{match} meta l4proto {protocol.lower()} return".strip()
        else:
            last = f"-{port['endPort']}" if "endPort" in port else ""
            yield f"{match} {protocol.lower()} dport {wanted}{last} return".strip()


def _pod(item: Object) -> Pod:
    ports = {
        (port["name"], port.get("protocol", "TCP")): port["containerPort"]
        for container in item["spec"]["containers"]
        for port in container.get("ports") or ()
        if "name" in port
    }
    return Pod(
        namespace=item["metadata"]["namespace"],
        address=item["status"]["podIP"],
        labels=item["metadata"].get("labels", {}),
        ports=ports,
    )


def _has_own_address(item: Object) -> bool:
    status = item.get("status", {})
    running = status.get("phase") not in _FINISHED
    return bool(status.get("podIP")) and running and not item["spec"].get("hostNetwork")


def _vmap(side: str, entries: list[str]) -> list[str]:
    return [f"ip {side} vmap {{ {', '.join(entries)} }}"] if entries else []


def _chain(name: str, lines: list[str]) -> str:
    return f"  chain {name} {{\n" + "".join(f"    {line}\n" for line in lines) + "  }"
