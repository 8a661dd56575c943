"""`gateway`: names by which a Gateway of the cluster leads to the vault."""

from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.annotations import parse_annotations
from mediavault_operator.spec.ingress import HOST_HINT
from mediavault_operator.spec.objectname import object_name
from mediavault_operator.spec.reach import Gateway, Parent
from mediavault_operator.spec.reading import Reader

_WHAT: Final = {"parentRefs": "the Gateway", "hostnames": "a host name"}
NAMESPACE_HINT: Final = "a namespace: lower-case letters, digits and '-'"


def parse_gateway(spec: Reader, *, own: Reader) -> Gateway | None:
    """The Gateways and the names, None where none are asked for.

    What a class says without a name or a Gateway is for the vaults whose `own` spec asks for one.
    """
    section = spec.section("gateway")
    parents = tuple(_parent(each) for each in section.sections("parentRefs", most=limits.PARENTS_MAX))
    hosts = section.texts(
        "hostnames",
        pattern=limits.SUBDOMAIN,
        longest=limits.SUBDOMAIN_MAX,
        most=limits.HOSTNAMES_MAX,
        hint=HOST_HINT,
    )
    tls = section.flag("tls", default=True)
    annotations = parse_annotations(section.section("annotations"))
    missing = [key for key in _WHAT if not section.values.get(key)]
    if missing:
        if "gateway" in own:
            section.refuse(missing[0], f"is needed: name {_WHAT[missing[0]]}")
        return None
    return Gateway(parents=parents, hosts=hosts, tls=tls, annotations=annotations)


def _parent(each: Reader) -> Parent:
    if "name" not in each:
        each.refuse("name", "is needed: name the Gateway")
    return Parent(
        name=object_name(each, "name") or "",
        namespace=each.text(
            "namespace", pattern=limits.NAMESPACE, longest=limits.NAMESPACE_MAX, hint=NAMESPACE_HINT
        ),
        section=object_name(each, "sectionName"),
        port=each.whole("port", least=1, most=limits.PORT_MAX),
    )
