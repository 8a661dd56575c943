"""`service`: how far the vault's own Service reaches."""

import ipaddress
from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.annotations import parse_annotations
from mediavault_operator.spec.reach import Service, ServiceType, TrafficPolicy
from mediavault_operator.spec.reading import Reader

CLASS_HINT: Final = "a name such as service.k8s.aws/nlb"
NETWORK_HINT: Final = "an address and a length, such as 192.0.2.0/24"
_OF_TYPES: Final = {
    "nodePort": (ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER),
    "externalTrafficPolicy": (ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER),
    "loadBalancerClass": (ServiceType.LOAD_BALANCER,),
    "loadBalancerSourceRanges": (ServiceType.LOAD_BALANCER,),
}


def parse_service(spec: Reader, *, own: Reader) -> Service:
    """The Service. What its type has no use for is refused in the `own` spec, and left out of a class's."""
    section, written = spec.section("service"), own.section("service")
    kind = section.choice("type", ServiceType.CLUSTER_IP)
    useless = [key for key, kinds in _OF_TYPES.items() if key in section and kind not in kinds]
    for key in useless:
        if key in written:
            kinds = " or ".join(_OF_TYPES[key])
            section.refuse(key, f"needs the type {kinds}: set spec.service.type or remove it")
    section = section.without(useless)
    return Service(
        type=kind,
        port=section.whole("port", least=1, most=limits.PORT_MAX) or 80,
        node_port=section.whole("nodePort", least=1, most=limits.PORT_MAX),
        balancer_class=section.text(
            "loadBalancerClass",
            pattern=limits.QUALIFIED_NAME,
            longest=limits.QUALIFIED_NAME_MAX,
            hint=CLASS_HINT,
        ),
        source_ranges=_networks(section),
        traffic_policy=section.choice("externalTrafficPolicy", TrafficPolicy.UNSET),
        annotations=parse_annotations(section.section("annotations")),
    )


def _networks(section: Reader) -> tuple[str, ...]:
    ranges = section.texts(
        "loadBalancerSourceRanges",
        pattern=r"^\S+$",
        longest=limits.NETWORK_MAX,
        most=limits.NETWORKS_MAX,
        hint=NETWORK_HINT,
    )
    for network in ranges:
        if not _is_network(network):
            section.refuse("loadBalancerSourceRanges", f"{network!r} is no network: write {NETWORK_HINT}")
    return ranges


def _is_network(text: str) -> bool:
    address, _, length = text.partition("/")
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return length.isdecimal() and "%" not in address
