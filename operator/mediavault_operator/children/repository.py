"""The repository of backups, as a pod reaches it: its address, its key, the Secrets and claim for them."""

from dataclasses import dataclass
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.spec import ClaimTarget, EncryptionKey, Resources, Target

MOUNT: Final = "/backups"
# restic holds what it knows of the repository in memory: about 1 KiB for each file.
RESOURCES: Final = Resources(requests=(("cpu", "50m"), ("memory", "128Mi")), limits=(("memory", "2Gi"),))
# The dump of the database, and restic's cache.
SCRATCH: Final = "20Gi"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One vault's folder `path` at a target, and the key that opens it."""

    target: Target
    encryption: EncryptionKey
    path: str

    def environment(self) -> list[dict[str, str]]:
        """The variables of `manage.py backup` and `restore`; secrets are named by their files."""
        result = [("BACKUP_PASSWORD_FILE", f"{pod.SECRETS_ROOT}/backup-key/password")]
        if isinstance(self.target, ClaimTarget):
            return pod.variables(("BACKUP_REPOSITORY", f"{MOUNT}/{self.path}"), *result)
        parts = (self.target.endpoint, self.target.bucket, self.target.prefix, self.path)
        result.append(("BACKUP_REPOSITORY", f"s3:{'/'.join(filter(None, parts))}"))
        if self.target.region:
            result.append(("BACKUP_S3_REGION", self.target.region))
        if self.target.secret_name is not None:
            folder = f"{pod.SECRETS_ROOT}/backup-target"
            access_key, secret_key = names.BUCKET_KEYS
            result.append(("BACKUP_S3_ACCESS_KEY_ID_FILE", f"{folder}/{access_key}"))
            result.append(("BACKUP_S3_SECRET_ACCESS_KEY_FILE", f"{folder}/{secret_key}"))
        return pod.variables(*result)

    def secret_volumes(self) -> list[dict[str, Any]]:
        """The Secrets, each by the keys that are needed."""
        key = {self.encryption.key: "password"}
        volumes = [pod.secret_volume("backup-key", self.encryption.secret_name, key)]
        if not isinstance(self.target, ClaimTarget) and self.target.secret_name is not None:
            keys = {key: key for key in names.BUCKET_KEYS}
            volumes.append(pod.secret_volume("backup-target", self.target.secret_name, keys))
        return volumes

    def claim_volumes(self) -> list[dict[str, Any]]:
        """The target's claim, where it is one."""
        return [pod.claim_volume("backups", self.target.name)] if isinstance(self.target, ClaimTarget) else []

    def claim_mounts(self) -> list[dict[str, Any]]:
        """Its mount."""
        return [{"name": "backups", "mountPath": MOUNT}] if isinstance(self.target, ClaimTarget) else []
