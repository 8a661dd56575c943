"""The Jobs of backups and restores carry what the commands that they run read."""

import base64
from pathlib import Path
from typing import Any

import pytest

from mediavault.backup import job as commands
from mediavault.backup.config import BackupConfig
from mediavault.config import AppConfig
from mediavault.vault.management.commands import backup, restore
from mediavault_operator import names
from mediavault_operator.children import backup_job, secret
from mediavault_operator.children.repository import Repository
from mediavault_operator.credentials import Credentials
from mediavault_operator.spec import BackupRequest, Defaults, MediaVault, parse

RETENTION = {"keepLast": 1, "keepDaily": 2, "keepWeekly": 3, "keepMonthly": 4}
CLAIM: dict[str, Any] = {"claim": {"name": "backups"}}
S3: dict[str, Any] = {"s3": {"bucket": "vaults", "region": "eu-1", "secretName": "s3"}}
REQUEST = BackupRequest(name="b", namespace="tenant", uid="u", generation=1, vault="photos", scheduled=True)
WEB: dict[str, Any] = {"containers": [{"name": names.WEB_CONTAINER, "image": "app:1"}]}
GIVEN = {"AWS_ACCESS_KEY_ID": "an access key", "AWS_SECRET_ACCESS_KEY": "its secret"}


def vault_of(target: dict[str, Any]) -> MediaVault:
    metadata = {"name": "photos", "namespace": "tenant", "uid": "u", "generation": 1}
    spec = {"backup": {"target": target, "retention": RETENTION}}
    defaults = Defaults(image="registry/app:1", database_image="registry/postgres:17")
    return parse({"metadata": metadata, "spec": spec}, defaults=defaults)


def jobs_of(vault: MediaVault) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two containers, each with its pod's volumes."""
    assert vault.backup is not None
    taken = backup_job.build_backup_job(vault, vault.backup, REQUEST, web=WEB, beside_web=True)
    place = Repository(target=vault.backup.target, encryption=vault.backup.encryption, path="tenant/photos")
    return taken, backup_job.build_restore_job(vault, place, snapshot="1a2b")


def files_of(vault: MediaVault, pod: dict[str, Any]) -> dict[str, str]:
    """What the container sees of its Secrets, by their paths."""
    credentials = Credentials.complete({}, vault=vault.name, token=lambda size: "0123456789abcdef" * 4)
    builders = (secret.build_django_secret, secret.build_database_secret, secret.build_backup_secret)
    made = [build(vault, credentials) for build in builders]
    values = {each["metadata"]["name"]: {k: _decoded(v) for k, v in each["data"].items()} for each in made}
    places = {each["name"]: each["mountPath"] for each in pod["containers"][0]["volumeMounts"]}
    return {
        f"{places[volume['name']]}/{item['path']}": {**values, "s3": GIVEN}[volume["secret"]["secretName"]][
            item["key"]
        ]
        for volume in pod["volumes"]
        if "secret" in volume
        for item in volume["secret"]["items"]
    }


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode()


@pytest.mark.parametrize("target", [CLAIM, S3], ids=["claim", "bucket"])
def test_the_containers_configure_the_commands(target: dict[str, Any], tmp_path: Path) -> None:
    vault = vault_of(target)
    for job in jobs_of(vault):
        pod = job["spec"]["template"]["spec"]
        files = files_of(vault, pod)
        environ = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
        AppConfig.from_env(environ, read=files.__getitem__)
        for name in [name for name in environ if name.startswith("BACKUP_") and name.endswith("_FILE")]:
            here = tmp_path / name
            here.write_text(files[environ[name]])
            environ[name] = str(here)
        config = BackupConfig.from_env(environ)
        if target is CLAIM:
            assert config.repository == "/backups/tenant/photos"
        else:
            assert config.repository == "s3:https://s3.amazonaws.com/vaults/tenant/photos"
            assert (config.s3_access_key_id, config.s3_region) == ("an access key", "eu-1")


def test_the_commands_take_their_arguments() -> None:
    taken, restored = (job["spec"]["template"]["spec"]["containers"][0] for job in jobs_of(vault_of(CLAIM)))
    assert [each["command"][:3] for each in (taken, restored)] == [
        ["python", "manage.py", "backup"],
        ["python", "manage.py", "restore"],
    ]
    options = backup.Command().create_parser("manage.py", "backup").parse_args(taken["command"][3:])
    kept = (options.keep_last, options.keep_daily, options.keep_weekly, options.keep_monthly)
    assert (options.scheduled, kept) == (True, (1, 2, 3, 4))
    options = restore.Command().create_parser("manage.py", "restore").parse_args(restored["command"][3:])
    assert options.snapshot == "1a2b"


def test_both_sides_mean_the_same_by_an_exit_code() -> None:
    assert backup_job.NEEDS_CHANGE == commands.NEEDS_CHANGE
