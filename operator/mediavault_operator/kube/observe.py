"""From the cache's objects to what builders and status read: one vault as last seen."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from mediavault_operator import names
from mediavault_operator.kube.backups import Backups
from mediavault_operator.kube.cache import Cache, Key, Ref
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.compare import additions
from mediavault_operator.kube.complaints import Complaints
from mediavault_operator.kube.kinds import OptionalKinds
from mediavault_operator.kube.references import References, Target
from mediavault_operator.kube.usage import Usages
from mediavault_operator.observed import Failure, Observed, ReferencedSecret, SharedServer, component_of
from mediavault_operator.spec import Bucket, ExternalDatabase, MediaVault, SharedDatabase

Objects = Mapping[Ref, Body]


class Databases(Protocol):
    """Who keeps the vaults' databases on shared servers."""

    def look(
        self, key: Key, vault: MediaVault, server: SharedServer, *, secret: Mapping[str, str], new: bool
    ) -> SharedServer:
        """What is known of a vault's database there."""


@dataclass(frozen=True)
class Sight:
    """Looks at one vault at a time: its children in `cache`, what its spec refers to in `references`, and its
    database on a shared server by `databases`.
    """

    cache: Cache
    references: References
    databases: Databases
    backups: Backups
    kinds: OptionalKinds
    usages: Usages
    complaints: Complaints

    async def open(self, key: Key, vault: MediaVault) -> None:
        """Begin to follow what the spec refers to, and look for kinds that it asks for; returns when all has
        been looked up.
        """
        await self.kinds.look([kind for kind, _ in vault.optional_kinds])
        await self.references.follow(key, filter(None, (_claim(vault), _secret(vault), _bucket(vault))))

    async def close(self, key: Key) -> None:
        """Follow nothing any more for this vault."""
        await self.references.follow(key, ())

    def observed(
        self,
        key: Key,
        vault: MediaVault,
        body: Body,
        *,
        failures: tuple[Failure, ...] = (),
        manifests: tuple[Body, ...] = (),
    ) -> Observed:
        """What stands of the vault, what its spec refers to, what was refused in this pass, and what others
        have added to what `manifests` ask for."""
        objects = self.cache.of(key)
        claim = _claim(vault)
        own_claim = objects.get(Ref("PersistentVolumeClaim", names.media_claim(vault.name)))
        return Observed(
            deployment=objects.get(Ref("Deployment", names.deployment(vault.name))),
            service=objects.get(Ref("Service", names.service(vault.name))),
            ingress=objects.get(Ref("Ingress", names.ingress(vault.name))),
            route=objects.get(Ref("HTTPRoute", names.route(vault.name))),
            pod_monitor=objects.get(Ref("PodMonitor", names.pod_monitor(vault.name))),
            media_claim=self.references.claim(claim) if claim else own_claim,
            database_claim=objects.get(Ref("PersistentVolumeClaim", names.database(vault.name))),
            stateful_set=objects.get(Ref("StatefulSet", names.database(vault.name))),
            jobs=_of_component(_all(objects, "Job"), names.MIGRATE),
            pods=_all(objects, "Pod"),
            pod_disruption_budget=objects.get(
                Ref("PodDisruptionBudget", names.pod_disruption_budget(vault.name))
            ),
            referenced_secret=self._referenced_secret(vault),
            bucket_secret=self._bucket_secret(vault),
            shared_server=self._shared_server(key, vault, body, objects),
            failures=failures,
            migration=(body.get("status") or {}).get("migration"),
            drift=tuple(_drift(objects, manifests)),
            restore_job=objects.get(Ref("Job", names.restore_job(vault.name))),
            source=self.backups.source(vault),
            restored=(body.get("status") or {}).get("restored"),
            kinds=self.kinds.served,
            usage=self.usages.of(key),
            complaints=self.complaints.of(key),
        )

    def _referenced_secret(self, vault: MediaVault) -> ReferencedSecret | None:
        target = _secret(vault)
        if target is None or not isinstance(vault.database, ExternalDatabase):
            return None
        return self.references.secret(target, vault.database.key)

    def _bucket_secret(self, vault: MediaVault) -> ReferencedSecret | None:
        target = _bucket(vault)
        return None if target is None else self.references.secret(target, *names.BUCKET_KEYS)

    def _shared_server(
        self, key: Key, vault: MediaVault, body: Body, objects: Objects
    ) -> SharedServer | None:
        target = _secret(vault)
        if target is None or not isinstance(vault.database, SharedDatabase):
            return None
        secret = secret_data(objects).get(names.database_secret(vault.name), {})
        new = "migration" not in (body.get("status") or {})
        return self.databases.look(key, vault, self.references.server(target), secret=secret, new=new)


def secret_data(objects: Objects) -> dict[str, dict[str, str]]:
    """The decoded values of the vault's Secrets, by name and key."""
    return {
        ref.name: {
            name: base64.b64decode(value).decode(errors="replace")
            for name, value in obj.get("data", {}).items()
        }
        for ref, obj in objects.items()
        if ref.kind == "Secret"
    }


def _drift(objects: Objects, manifests: tuple[Body, ...]) -> Iterator[str]:
    for manifest in manifests:
        ref = Ref(manifest["kind"], manifest["metadata"]["name"])
        if (live := objects.get(ref)) is not None:
            yield from (f"{ref.kind} {ref.name}: {path}" for path in additions(manifest, live))


def _all(objects: Objects, kind: str) -> tuple[Body, ...]:
    found = (obj for ref, obj in objects.items() if ref.kind == kind)
    return tuple(sorted(found, key=lambda obj: str(obj["metadata"]["name"])))


def _of_component(objects: tuple[Body, ...], component: str) -> tuple[Body, ...]:
    return tuple(obj for obj in objects if component_of(obj) == component)


def _claim(vault: MediaVault) -> Target | None:
    name = vault.media_claim
    return None if name is None else Target("PersistentVolumeClaim", vault.namespace, name)


def _bucket(vault: MediaVault) -> Target | None:
    if not isinstance(vault.storage, Bucket) or vault.storage.secret_name is None:
        return None
    return Target("Secret", vault.namespace, vault.storage.secret_name)


def _secret(vault: MediaVault) -> Target | None:
    database = vault.database
    if isinstance(database, SharedDatabase):
        return Target("Secret", database.admin_namespace, database.admin_secret)
    if not isinstance(database, ExternalDatabase):
        return None
    return Target("Secret", vault.namespace, database.secret_name)
