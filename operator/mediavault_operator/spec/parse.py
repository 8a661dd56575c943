"""From the resource to a `MediaVault`: the same rules as the CRD's, for where the CRD has not seen them."""

from collections.abc import Mapping
from typing import Final

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.database import parse_database
from mediavault_operator.spec.gateway import parse_gateway
from mediavault_operator.spec.ingress import parse_ingress
from mediavault_operator.spec.model import (
    AccessMode,
    Bucket,
    Claim,
    Defaults,
    DeletionPolicy,
    EmbeddedDatabase,
    InvalidSpec,
    MediaVault,
    Problem,
    Resources,
)
from mediavault_operator.spec.monitoring import parse_monitoring
from mediavault_operator.spec.objectname import object_name
from mediavault_operator.spec.orders import restarted_at, rotated_at
from mediavault_operator.spec.parse_backup import NO_TARGET, parse_backup, parse_bootstrap
from mediavault_operator.spec.pods import parse_pods
from mediavault_operator.spec.reading import Reader
from mediavault_operator.spec.resolve import Layer
from mediavault_operator.spec.resources import parse_resources
from mediavault_operator.spec.service import parse_service
from mediavault_operator.spec.storage import parse_storage
from mediavault_operator.spec.users import parse_admin, parse_users

NO_LAYER: Final[Layer] = {}
WEB_RESOURCES: Final = Resources(requests=(("cpu", "50m"), ("memory", "256Mi")), limits=(("memory", "1Gi"),))


def parse(body: Mapping[str, object], *, defaults: Defaults, layer: Layer = NO_LAYER) -> MediaVault:
    """The vault that a resource asks for; raises `InvalidSpec` with every problem found.

    `layer` is what its class decides where the resource does not.
    """
    problems: list[Problem] = []
    metadata = Reader(body.get("metadata"), path="metadata", problems=problems)
    own = Reader(body.get("spec"), path="spec", problems=problems)
    spec = own.over(layer)
    replicas = spec.whole("replicas", least=0, most=limits.REPLICAS_MAX)
    name, namespace = _vault_name(metadata), _plain(metadata, "namespace")
    admin = parse_admin(spec.section("admin"))
    vault = MediaVault(
        name=name,
        namespace=namespace,
        uid=_plain(metadata, "uid"),
        generation=metadata.whole("generation", least=0, most=2**63 - 1) or 0,
        class_name=object_name(spec, "className"),
        image=spec.text("image", pattern=limits.IMAGE, longest=limits.IMAGE_MAX, hint="an image reference")
        or defaults.image,
        image_pull_policy=spec.choice("imagePullPolicy", defaults.image_pull_policy),
        replicas=1 if replicas is None else replicas,
        suspend=spec.flag("suspend"),
        deletion_policy=spec.choice("deletionPolicy", DeletionPolicy.RETAIN),
        storage=parse_storage(spec, own=own, default_prefix=f"{namespace}/{name}"),
        database=parse_database(spec, own=own, namespace=namespace, defaults=defaults),
        service=parse_service(spec, own=own),
        ingress=parse_ingress(spec, own=own, vault=name),
        gateway=parse_gateway(spec, own=own),
        monitoring=parse_monitoring(spec),
        resources=parse_resources(spec, default=WEB_RESOURCES),
        pods=parse_pods(spec.section("pods")),
        admin=admin,
        users=parse_users(spec, vault=name, admin=admin),
        backup=parse_backup(spec, vault=name),
        bootstrap=parse_bootstrap(spec, namespace=namespace),
        restarted_at=restarted_at(body),
        rotated_at=rotated_at(body),
    )
    _refuse_what_does_not_fit(vault, spec)
    if problems:
        raise InvalidSpec(tuple(problems))
    return vault


def last_served(body: Mapping[str, object], *, defaults: Defaults) -> MediaVault | None:
    """The vault of the spec that was served last, as `status.effective` remembers it; None where none was."""
    status = body.get("status")
    remembered = status.get("effective") if isinstance(status, Mapping) else None
    if not isinstance(remembered, Mapping):
        return None
    try:
        return parse({**body, "spec": {}}, defaults=defaults, layer=remembered)
    except InvalidSpec:
        return None


def _vault_name(metadata: Reader) -> str:
    hint = "lower-case letters, digits and '-', beginning with a letter: choose another name"
    name = metadata.text("name", pattern=names.VAULT_NAME_PATTERN, longest=names.VAULT_NAME_MAX, hint=hint)
    return name or ""


def _plain(metadata: Reader, key: str) -> str:
    return metadata.text(key, pattern=r"^\S*$", longest=limits.SUBDOMAIN_MAX, hint="a string") or ""


def _refuse_what_does_not_fit(vault: MediaVault, spec: Reader) -> None:
    if isinstance(vault.storage, Bucket) and isinstance(vault.database, EmbeddedDatabase):
        spec.refuse("database", "cannot be embedded with storage.s3, as it lies beside media on a claim")
    if vault.deletion_policy is DeletionPolicy.BACKUP:
        _refuse_what_cannot_be_backed_up(vault, spec)
    if vault.replicas <= 1:
        return
    if isinstance(vault.database, EmbeddedDatabase):
        spec.refuse("replicas", "must be 0 or 1 with an embedded database: choose a managed or external one")
    elif isinstance(vault.storage, Claim) and AccessMode.READ_WRITE_MANY not in vault.storage.access_modes:
        spec.refuse(
            "replicas",
            "above 1 need a claim that several nodes can mount: "
            "set spec.storage.claim.accessModes to [ReadWriteMany] or replicas to 1",
        )


def _refuse_what_cannot_be_backed_up(vault: MediaVault, spec: Reader) -> None:
    if vault.backup is None:
        spec.refuse("deletionPolicy", f"Backup needs to know where backups go: {NO_TARGET}")
    if isinstance(vault.storage, Bucket):
        spec.refuse("deletionPolicy", "cannot be Backup with storage.s3, as a bucket is not copied")
    elif isinstance(vault.storage, Claim) and AccessMode.READ_WRITE_ONCE_POD in vault.storage.access_modes:
        spec.refuse("deletionPolicy", "cannot be Backup with a claim that one pod alone can mount")
