"""What the watch has shown of the MediaVaultBackups."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.kube.cache import Key, Vaults, key_of
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.watch import Scope
from mediavault_operator.observed import Source
from mediavault_operator.spec import (
    Bootstrap,
    Bucket,
    ClaimTarget,
    EncryptionKey,
    MediaVault,
    parse_place,
    parse_request,
)


class Backups(Vaults):
    """The newest known body of every MediaVaultBackup; `on_change` hears of each one with news."""

    def __init__(self, *, on_change: Callable[[Body], None]) -> None:
        super().__init__()
        self._on_change = on_change
        self._of: dict[Key, set[Key]] = {}

    def of(self, vault: Key) -> tuple[Body, ...]:
        """The backups of a vault, whether it exists or not, the oldest first."""
        found = (self.get(key) for key in self._of.get(vault, ()))
        return tuple(sorted(filter(None, found), key=_age))

    def vaults(self) -> tuple[Key, ...]:
        """Every vault that has backups."""
        return tuple(self._of)

    def put(self, body: Body) -> bool:
        """Take `body` as the newest known state; False where it is not news."""
        news = super().put(body)
        if news:
            self._of.setdefault(vault_of(body), set()).add(key_of(body))
        return news

    def drop(self, body: Body) -> bool:
        """Forget a backup that is gone; False where another one of its name is known already."""
        gone = super().drop(body)
        if gone:
            self.settle(key_of(body))
            self._of.get(vault_of(body), set()).discard(key_of(body))
        return gone

    def source(self, vault: MediaVault) -> Source | None:
        """The backup that a vault begins with, None where it begins with nothing."""
        if vault.bootstrap is None:
            return None
        if isinstance(vault.storage, Bucket):
            message = "a backup can be restored onto a claim alone, and this vault's media lie in a bucket"
            return _troubled("BackupNotForBucket", message, waits=False)
        body = self.get(Key(vault.bootstrap.namespace, vault.bootstrap.name))
        return _source(vault.bootstrap, body, namespace=vault.namespace)

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:  # noqa: ARG002
        """A LIST: what is not in it is gone."""
        listed = {body["metadata"]["uid"] for body in objects}
        for key in self.keys():
            body = self.get(key)
            if body and scope.namespace in (None, key.namespace) and body["metadata"]["uid"] not in listed:
                self.removed(scope, body)
        for body in objects:
            self.changed(scope, body)

    def changed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of the watch."""
        if self.put(obj):
            self._on_change(obj)

    def removed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of the watch."""
        if self.drop(obj):
            self._on_change(obj)


def vault_of(backup: Body) -> Key:
    """The key of the vault that a MediaVaultBackup is of."""
    return Key(backup["metadata"]["namespace"], str((backup.get("spec") or {}).get("vaultName") or ""))


def waits_for(vault: Body, backup: Body) -> bool:
    """Whether a MediaVault begins with this backup, or is being deleted and may go after it."""
    if "deletionTimestamp" in vault["metadata"]:
        return key_of(vault) == vault_of(backup)
    asked: dict[str, Any] = (vault.get("spec", {}).get("bootstrap") or {}).get("fromBackup") or {}
    namespace = asked.get("namespace") or vault["metadata"]["namespace"]
    return (namespace, asked.get("name")) == key_of(backup)


def _age(body: Body) -> tuple[str, str]:
    return str(body["metadata"].get("creationTimestamp")), str(body["metadata"]["name"])


_NOWHERE = Source(target=ClaimTarget(name=""), encryption=EncryptionKey(secret_name=""), path="", snapshot="")


def _source(asked: Bootstrap, body: Body | None, *, namespace: str) -> Source:
    name = f"{asked.namespace}/{asked.name}"
    elsewhere = asked.namespace != namespace
    # Who may not use a backup learns nothing of it, not even whether it is there.
    if body is None or (elsewhere and namespace not in parse_request(body).allowed_namespaces):
        message = f"there is no MediaVaultBackup {name} that this namespace may use"
        if elsewhere:
            message += ": it must exist and name this namespace in spec.allowedNamespaces"
        return _troubled("BackupNotFound", message, waits=False)
    status = body.get("status") or {}
    place = parse_place(status)
    if status.get("phase") == "Failed":
        return _troubled("BackupFailed", f"the MediaVaultBackup {name} has failed: name another", waits=False)
    if status.get("phase") != "Completed" or place is None:
        return _troubled(
            "BackupNotCompleted", f"the MediaVaultBackup {name} is not completed yet", waits=True
        )
    target, encryption = place
    if elsewhere and isinstance(target, ClaimTarget):
        message = f"the backup {name} lies on a claim, which pods of other namespaces cannot mount"
        return _troubled("BackupOutOfReach", message, waits=False)
    path = str(status.get("path") or names.backup_path(*vault_of(body)))
    return Source(target=target, encryption=encryption, path=path, snapshot=str(status.get("snapshot") or ""))


def _troubled(reason: str, message: str, *, waits: bool) -> Source:
    return Source(
        target=_NOWHERE.target,
        encryption=_NOWHERE.encryption,
        path="",
        snapshot="",
        trouble=(reason, message),
        waits=waits,
    )
