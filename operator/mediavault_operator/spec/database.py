"""Which database a vault has; exactly one kind is written, or none for a managed one."""

from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.model import (
    Claim,
    Database,
    EmbeddedDatabase,
    ExternalDatabase,
    ManagedDatabase,
    Resources,
)
from mediavault_operator.spec.reading import Reader
from mediavault_operator.spec.resources import parse_resources
from mediavault_operator.spec.storage import LEAST_SIZE, SIZE_HINT, SUBDOMAIN_HINT, storage_class, written

DATABASE_SIZE: Final = "5Gi"
DATABASE_RESOURCES: Final = Resources(
    requests=(("cpu", "50m"), ("memory", "128Mi")), limits=(("memory", "1Gi"),)
)
URL_KEY: Final = "DATABASE_URL"
KINDS: Final = ("managed", "external", "embedded")


def parse_database(spec: Reader, *, own: Reader, image: str) -> Database:
    """`database`: one of its kinds; `image` is PostgreSQL's where the spec names none.

    `own` is what the MediaVault itself writes.
    """
    database = spec.section("database")
    kinds = [kind for kind in KINDS if kind in database]
    if "database" in spec and len(kinds) != 1:
        database.refuse("", f"must hold exactly one of {', '.join(KINDS)}; remove it to get a managed one")
    kind = kinds[0] if kinds else "managed"
    section = database.section(kind)
    if kind == "external":
        return _external(section)
    if kind == "embedded":
        return EmbeddedDatabase()
    return _managed(section, image, own.section("database").section(kind))


def _managed(section: Reader, image: str, own: Reader) -> ManagedDatabase:
    return ManagedDatabase(
        image=section.text("image", pattern=limits.IMAGE, longest=limits.IMAGE_MAX, hint="an image reference")
        or image,
        claim=Claim(
            size=section.quantity("size", least=LEAST_SIZE, hint=SIZE_HINT) or DATABASE_SIZE,
            storage_class=storage_class(section),
            written=written(own),
        ),
        resources=parse_resources(section, default=DATABASE_RESOURCES),
    )


def _external(section: Reader) -> ExternalDatabase:
    if "secretName" not in section:
        section.refuse("secretName", "must name a Secret of this namespace that holds the database's URL")
    name = section.text(
        "secretName", pattern=limits.SUBDOMAIN, longest=limits.SUBDOMAIN_MAX, hint=SUBDOMAIN_HINT
    )
    key = section.text(
        "key",
        pattern=limits.DATA_KEY,
        longest=limits.DATA_KEY_MAX,
        hint="a key of a Secret: letters, digits, '-', '_' and '.'",
    )
    return ExternalDatabase(secret_name=name or "", key=key or URL_KEY)
