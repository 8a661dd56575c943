"""Which database a vault has; exactly one kind is written, or none for a managed one."""

from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.model import (
    Claim,
    Database,
    Defaults,
    EmbeddedDatabase,
    ExternalDatabase,
    ManagedDatabase,
    Resources,
    SharedDatabase,
)
from mediavault_operator.spec.objectname import object_name
from mediavault_operator.spec.reading import Reader
from mediavault_operator.spec.resources import parse_resources
from mediavault_operator.spec.storage import LEAST_SIZE, SIZE_HINT, storage_class, written

DATABASE_SIZE: Final = "5Gi"
DATABASE_RESOURCES: Final = Resources(
    requests=(("cpu", "50m"), ("memory", "128Mi")), limits=(("memory", "1Gi"),)
)
URL_KEY: Final = "DATABASE_URL"
KINDS: Final = ("managed", "shared", "external", "embedded")


def parse_database(spec: Reader, *, own: Reader, namespace: str, defaults: Defaults) -> Database:
    """`database`: one of its kinds, for a vault of this namespace.

    `own` is what the MediaVault itself writes.
    """
    database = spec.section("database")
    kinds = [kind for kind in KINDS if kind in database]
    if "database" in spec and len(kinds) != 1:
        database.refuse("", f"must hold exactly one of {', '.join(KINDS)}; remove it to get a managed one")
    kind = kinds[0] if kinds else "managed"
    section = database.section(kind)
    if kind == "shared":
        return _shared(section, own.section("database").section(kind), namespace, defaults)
    if kind == "external":
        return _external(section)
    if kind == "embedded":
        return EmbeddedDatabase()
    return _managed(section, defaults.database_image, own.section("database").section(kind))


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


def _shared(section: Reader, own: Reader, namespace: str, defaults: Defaults) -> SharedDatabase:
    key = "adminSecretName"
    name = object_name(section, key)
    # The status remembers of what was served; the CRD has no such field for anybody else to write.
    from_class = section.flag("fromClass") if "fromClass" in section else key not in own
    if key not in section:
        section.refuse(key, "must name the Secret of the server's admin, as the vault's class names none")
    elif from_class and not defaults.namespace:
        section.refuse(key, "of a class stands in the operator's namespace, which it was not told")
    place = defaults.namespace if from_class else namespace
    return SharedDatabase(admin_secret=name or "", admin_namespace=place, from_class=from_class)


def _external(section: Reader) -> ExternalDatabase:
    if "secretName" not in section:
        section.refuse("secretName", "must name a Secret of this namespace that holds the database's URL")
    name = object_name(section, "secretName")
    key = section.text(
        "key",
        pattern=limits.DATA_KEY,
        longest=limits.DATA_KEY_MAX,
        hint="a key of a Secret: letters, digits, '-', '_' and '.'",
    )
    return ExternalDatabase(secret_name=name or "", key=key or URL_KEY)
