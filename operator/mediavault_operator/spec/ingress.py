"""`ingress`: a name by which the vault is reached from outside of the cluster."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.annotations import parse_annotations
from mediavault_operator.spec.objectname import object_name
from mediavault_operator.spec.reach import Ingress
from mediavault_operator.spec.reading import Reader

HOST_HINT: Final = "a full host name in lower case, such as photos.example.org"


def parse_ingress(spec: Reader, *, own: Reader, vault: str) -> Ingress | None:
    """The Ingress of the vault of this name, None where none is asked for; `tls: {}` names its own Secret.

    What a class says without a host is for the vaults whose `own` spec asks for an Ingress.
    """
    section = spec.section("ingress")
    host = section.text("host", pattern=limits.SUBDOMAIN, longest=limits.SUBDOMAIN_MAX, hint=HOST_HINT)
    class_name = object_name(section, "className")
    annotations = parse_annotations(section.section("annotations"))
    secret = object_name(section.section("tls"), "secretName")
    if "host" not in section:
        if "ingress" in own:
            section.refuse("host", f"is needed: write {HOST_HINT}")
        return None
    return Ingress(
        host=host or "",
        class_name=class_name,
        annotations=annotations,
        tls_secret=(secret or names.tls_secret(vault)) if "tls" in section else None,
    )
