"""Reading `backup` and `bootstrap` of a MediaVault, and a whole MediaVaultBackup."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cronsim import CronSim, CronSimError

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.backup import (
    AMAZON,
    KEY,
    BackupPlan,
    BackupRequest,
    Bootstrap,
    ClaimTarget,
    EncryptionKey,
    Retention,
    S3Target,
    Target,
)
from mediavault_operator.spec.model import Problem
from mediavault_operator.spec.reading import Reader

NO_TARGET: Final = "neither the vault nor its class names a target of backups"
KEPT_MAX: Final = 60
SCHEDULE: Final = r"^[0-9*/,-]+ [0-9*/,-]+ [0-9*/,L-]+ [0-9A-Z*/,-]+ [0-9A-Z*/,#L-]+$"
SCHEDULE_MAX: Final = 100
SCHEDULE_HINT: Final = 'five fields as cron has them, such as "30 2 * * *" for half past two each night'
BUCKET: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]$"
PREFIX: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$"
ENDPOINT: Final = r"^https?://[^/@?#\s]+$"
REGION: Final = r"^[a-z0-9-]+$"
NAMESPACE: Final = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
NAME_HINT: Final = "a name of lower-case letters, digits, '-' and '.'"


def parse_backup(spec: Reader, *, vault: str) -> BackupPlan | None:
    """`backup`: None where none is asked for, or it says how without a target and nothing needs one."""
    section = spec.section("backup")
    if "backup" not in spec:
        return None
    key, schedule, suspend = _key(section), _schedule(section), section.flag("suspend")
    retention = _retention(section.section("retention"))
    if "target" not in section:
        # A class may take its target back, which is no fault of a vault that only said how.
        if schedule is not None and not suspend:
            section.refuse("target", f"is needed by the schedule: {NO_TARGET}")
        return None
    return BackupPlan(
        target=_target(section.section("target")),
        encryption=key or EncryptionKey(secret_name=names.backup_secret(vault)),
        generated=key is None,
        schedule=schedule,
        suspend=suspend,
        retention=retention,
    )


def parse_bootstrap(spec: Reader, *, namespace: str) -> Bootstrap | None:
    """`bootstrap`: None where a vault begins with nothing; `namespace` is its own."""
    section = spec.section("bootstrap").section("fromBackup")
    if "bootstrap" not in spec:
        return None
    name = _name(section, "name")
    if name is None and "name" not in section:
        section.refuse("name", "is needed: write the name of a MediaVaultBackup")
    other = section.text("namespace", pattern=NAMESPACE, longest=63, hint="the name of a namespace")
    return Bootstrap(name=name or "", namespace=other or namespace, encryption=_key(section))


def parse_request(body: Mapping[str, Any]) -> BackupRequest:
    """What a MediaVaultBackup asks for; its CRD has seen to it that everything is as it should be."""
    metadata, spec = body["metadata"], body.get("spec") or {}
    return BackupRequest(
        name=metadata["name"],
        namespace=metadata["namespace"],
        uid=metadata["uid"],
        generation=int(metadata.get("generation") or 0),
        vault=str(spec.get("vaultName") or ""),
        scheduled=bool(spec.get("scheduled")),
        allowed_namespaces=tuple(spec.get("allowedNamespaces") or ()),
    )


def parse_place(status: Mapping[str, Any]) -> tuple[Target, EncryptionKey] | None:
    """Where a completed backup is and what it is encrypted by, None where its status does not tell."""
    problems: list[Problem] = []
    reader = Reader(status, path="status", problems=problems)
    target, key = _target(reader.section("target")), _key(reader)
    return None if problems or key is None else (target, key)


def target_shown(target: Target) -> dict[str, Any]:
    """A target in the shape of the spec."""
    if isinstance(target, ClaimTarget):
        return {"claim": {"name": target.name}}
    told = {
        "bucket": target.bucket,
        "prefix": target.prefix,
        "endpoint": target.endpoint,
        "region": target.region,
        "secretName": target.secret_name,
    }
    return {"s3": {key: value for key, value in told.items() if value}}


def key_shown(key: EncryptionKey) -> dict[str, str]:
    """A key in the shape of the spec."""
    return {"secretName": key.secret_name, "key": key.key}


def _target(section: Reader) -> Target:
    written = [kind for kind in ("claim", "s3") if kind in section]
    if len(written) != 1:
        section.refuse("", "must hold exactly one of claim and s3")
    bucket = _bucket(section)
    claim = section.section("claim")
    name = _name(claim, "name")
    if "claim" not in section:
        return bucket
    if "name" not in claim:
        claim.refuse("name", "is needed: write the name of a claim of this namespace")
    return ClaimTarget(name=name or "")


def _bucket(target: Reader) -> S3Target:
    s3 = target.section("s3")
    if "s3" in target and "bucket" not in s3:
        s3.refuse("bucket", "is needed: write the name of a bucket")
    return S3Target(
        bucket=s3.text("bucket", pattern=BUCKET, longest=63, hint="the name of a bucket") or "",
        prefix=s3.text("prefix", pattern=PREFIX, longest=512, hint="a path like backups/photos") or "",
        endpoint=s3.text("endpoint", pattern=ENDPOINT, longest=512, hint="like https://s3.example.com")
        or AMAZON,
        region=s3.text("region", pattern=REGION, longest=64, hint="a region's name") or "",
        secret_name=_name(s3, "secretName"),
    )


def _key(section: Reader) -> EncryptionKey | None:
    encryption = section.section("encryption")
    name = _name(encryption, "secretName")
    hint = "a key of a Secret: letters, digits, '-', '_' and '.'"
    key = encryption.text("key", pattern=limits.DATA_KEY, longest=limits.DATA_KEY_MAX, hint=hint)
    if "encryption" not in section:
        return None
    if "secretName" not in encryption:
        encryption.refuse("secretName", "is needed: write the name of a Secret of this namespace")
    return EncryptionKey(secret_name=name or "", key=key or KEY)


def _schedule(section: Reader) -> str | None:
    text = section.text("schedule", pattern=SCHEDULE, longest=SCHEDULE_MAX, hint=SCHEDULE_HINT)
    if text is None:
        return None
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        section.refuse("schedule", f"never comes: must be {SCHEDULE_HINT}")
    return text


def _retention(section: Reader) -> Retention:
    def kept(key: str) -> int:
        return section.whole(key, least=1, most=KEPT_MAX) or 0

    return Retention(
        last=kept("keepLast"),
        daily=kept("keepDaily"),
        weekly=kept("keepWeekly"),
        monthly=kept("keepMonthly"),
    )


def _name(section: Reader, key: str) -> str | None:
    return section.text(key, pattern=limits.SUBDOMAIN, longest=limits.SUBDOMAIN_MAX, hint=NAME_HINT)
