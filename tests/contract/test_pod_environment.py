"""What the operator's pods carry is what the app reads: its own configuration is fed with a built pod."""

import base64
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import manage
from mediavault import config as config_module
from mediavault import environment as environment_module
from mediavault.accounts.declared import Account, Declared
from mediavault.config import AppConfig, FrontConfig
from mediavault.front.__main__ import OUTLAST_SECONDS, parser
from mediavault.front.configuration import SHUTDOWN_SECONDS, nginx_configuration
from mediavault.vault.management.commands import prepare, work
from mediavault_operator import names
from mediavault_operator.children import front, job, pod, secret
from mediavault_operator.children.deployment import build_deployment
from mediavault_operator.credentials import Credentials
from mediavault_operator.outcome import PrepareExit
from mediavault_operator.spec import Defaults, MediaVault, limits, parse

ROOT = Path(__file__).resolve().parents[2]
MANAGED: dict[str, Any] = {}
EMBEDDED: dict[str, Any] = {"database": {"embedded": {}}}
BUCKET: dict[str, Any] = {
    "storage": {
        "s3": {
            "endpoint": "http://s3.storage.svc:9000",
            "bucket": "media",
            "region": "eu-central-1",
            "addressing": "path",
            "presignedRedirects": True,
            "secretName": "keys",
        }
    }
}


def vault_of(spec: dict[str, Any]) -> MediaVault:
    metadata = {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "generation": 1}
    defaults = Defaults(image="registry/app:1", database_image="registry/postgres:17")
    return parse({"metadata": metadata, "spec": spec}, defaults=defaults)


def generated(vault: MediaVault) -> Credentials:
    def letters(size: int) -> str:
        return ("0123456789abcdef" * 8)[: 2 * size]

    return Credentials.complete({}, vault=vault.name, users=vault.users, token=letters)


def mounted(vault: MediaVault, container: dict[str, Any], volumes: list[dict[str, Any]]) -> dict[str, str]:
    """The files that the container sees of the vault's generated Secrets, by their paths."""
    credentials = generated(vault)
    builders = (secret.build_django_secret, secret.build_admin_secret, secret.build_database_secret)
    made = [
        *(build(vault, credentials) for build in builders),
        *(secret.build_user_secret(vault, user, credentials) for user in vault.users),
    ]
    secrets = {each["metadata"]["name"]: each["data"] for each in made}
    places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    return {
        f"{places[name]}/{item['path']}": base64.b64decode(secrets[source][item["key"]]).decode()
        for name, source, items in mounted_secrets(volumes)
        for item in items
    }


def mounted_secrets(volumes: list[dict[str, Any]]) -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    """Each Secret in the volumes: the volume's name, the Secret's, and which keys become which files."""
    for volume in volumes:
        if "secret" in volume:
            yield volume["name"], volume["secret"]["secretName"], volume["secret"]["items"]
        for source in volume.get("projected", {}).get("sources", ()):
            yield volume["name"], source["secret"]["name"], source["secret"]["items"]


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in container["env"]}


@pytest.mark.parametrize("spec", [MANAGED, EMBEDDED], ids=["managed", "embedded"])
def test_the_web_container_configures_the_app(spec: dict[str, Any]) -> None:
    vault = vault_of(spec)
    deployment = build_deployment(vault, image=vault.image, secrets="", shared=False)
    template = deployment["spec"]["template"]["spec"]
    container = template["containers"][0]
    files = mounted(vault, container, [v for v in template["volumes"] if v["name"] != "admin"])
    config = AppConfig.from_env(environment(container), read=files.__getitem__)
    assert config.media_root in {mount["mountPath"] for mount in container["volumeMounts"]}
    assert config.secret_key == generated(vault).secret_key


@pytest.mark.parametrize(
    "users", [[], [{"username": "Bob", "admin": True}, {"username": "al", "email": "a@b.c"}]]
)
def test_the_migration_gets_the_accounts_that_the_secrets_promise(
    tmp_path: Path, users: list[dict[str, Any]]
) -> None:
    vault = vault_of({"admin": {"username": "ada", "email": "ada@example.org"}, "users": users})
    template = job.migration_template(vault, secrets="", accounts="", database_claim="")["spec"]
    (container,) = template["containers"]
    files = mounted(vault, container, template["volumes"])
    environ = environment(container)
    AppConfig.from_env(environ, read=files.__getitem__)
    for path, content in files.items():
        copy = tmp_path / path.removeprefix("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(content)
    # The files are elsewhere here than in a pod.
    moved = {
        name: value.replace(pod.SECRETS_ROOT, f"{tmp_path}{pod.SECRETS_ROOT}")
        for name, value in environ.items()
    }
    credentials = generated(vault)
    promised = [Account(username="ada", email="ada@example.org", admin=True, **asdict(credentials.admin))]
    promised += [
        Account(
            username=user.username,
            email=user.email,
            admin=user.admin,
            **asdict(credentials.users[user.secret]),
        )
        for user in vault.users
    ]
    assert Declared.from_env(moved) == Declared(accounts=tuple(promised), complete=True)


def test_both_sides_mean_the_same_by_an_exit_code() -> None:
    assert PrepareExit.CONFIGURATION_WRONG == manage.CONFIGURATION_WRONG
    assert PrepareExit.DATABASE_UNREACHABLE == prepare.DATABASE_UNREACHABLE
    assert PrepareExit.STORE_UNUSABLE == prepare.STORE_UNUSABLE
    assert PrepareExit.RELEASE_UNSUPPORTED == prepare.RELEASE_UNSUPPORTED


def test_the_front_container_configures_nginx() -> None:
    deployment = build_deployment(vault_of(MANAGED), image="registry/app:1", secrets="", shared=False)
    web, front, _ = deployment["spec"]["template"]["spec"]["containers"]
    config = FrontConfig.from_env(environment(front))
    assert f"root {pod.MEDIA_ROOT};" in nginx_configuration(
        config, folder="/tmp/front", listen="0.0.0.0:8000"
    )
    app = {name: value for name, value in environment(web).items() if name in ("MEDIA_ROOT", "FRONT_SOCKET")}
    assert app == environment(front)


def test_a_pod_ends_within_the_time_that_its_containers_take() -> None:
    spec = build_deployment(vault_of(MANAGED), image="registry/app:1", secrets="", shared=False)["spec"]
    gunicorn = (ROOT / "vaultapp" / "gunicorn.conf.py").read_text(encoding="utf-8")
    requests = int(re.findall(r"^graceful_timeout = (\d+)", gunicorn, re.MULTILINE)[0])
    waits = front.DRAIN_SECONDS + SHUTDOWN_SECONDS
    assert waits <= OUTLAST_SECONDS
    assert OUTLAST_SECONDS + requests < spec["template"]["spec"]["terminationGracePeriodSeconds"]


def test_the_commands_of_the_pods_are_the_fronts() -> None:
    spec = build_deployment(vault_of(MANAGED), image="registry/app:1", secrets="", shared=False)["spec"]
    web, front, _ = spec["template"]["spec"]["containers"]
    for container in (web, front):
        commands = [container.get("command"), container["lifecycle"]["preStop"]["exec"]["command"]]
        for command in filter(None, commands):
            assert command[:3] == ["python", "-m", "mediavault.front"]
            parser().parse_args(command[3:])


def test_both_sides_mean_the_same_port_and_folder() -> None:
    assert f':{pod.WEB_PORT}"' in (ROOT / "vaultapp" / "gunicorn.conf.py").read_text(encoding="utf-8")
    assert parser().parse_args(["serve"]).listen == f"0.0.0.0:{pod.WEB_PORT}"
    assert f"MEDIA_ROOT={pod.MEDIA_ROOT}" in (ROOT / "Dockerfile.app").read_text(encoding="utf-8")


def test_the_worker_container_runs_the_worker() -> None:
    vault = vault_of(MANAGED)
    spec = build_deployment(vault, image="registry/app:1", secrets="", shared=False)["spec"]["template"][
        "spec"
    ]
    _, _, worker = spec["containers"]
    assert worker["command"][:3] == ["python", "manage.py", "work"]
    work.Command().create_parser("manage.py", "work").parse_args(worker["command"][3:])
    config = AppConfig.from_env(environment(worker), read=mounted(vault, worker, spec["volumes"]).__getitem__)
    assert (config.log_format, config.metrics_port) == ("JSON", 0)


def test_a_bucket_is_configured_as_the_spec_says() -> None:
    vault = vault_of(BUCKET)
    spec = build_deployment(vault, image="registry/app:1", secrets="", shared=True)["spec"]["template"][
        "spec"
    ]
    keys = dict.fromkeys(names.BUCKET_KEYS, "value")
    web, _, worker = spec["containers"]
    for container in (web, worker):
        files = {
            f"{pod.SECRETS_ROOT}/{folder}/{key}": "0123456789abcdef" * 4
            for folder, held in (("django", ["SECRET_KEY"]), ("bucket", keys))
            for key in held
        } | {f"{pod.SECRETS_ROOT}/database/DATABASE_URL": "postgres://a:b@c/d"}
        config = AppConfig.from_env(environment(container), read=files.__getitem__)
        assert config.s3 is not None
        assert (config.s3.bucket, config.s3.prefix) == ("media", "tenant/photos/")
        assert (config.s3.endpoint_url, config.s3.region) == ("http://s3.storage.svc:9000", "eu-central-1")
        assert (config.s3.addressing_style, config.s3.presigned_redirects) == ("path", True)
        assert config.s3.access_key_id
    assert all("persistentVolumeClaim" not in volume for volume in spec["volumes"])


@pytest.mark.parametrize(
    ("pattern", "theirs"),
    [
        (limits.BUCKET, config_module._BUCKET),
        (limits.KEY_PREFIX, environment_module._KEY_PREFIX),
        (limits.ENDPOINT, environment_module._ENDPOINT),
    ],
)
def test_both_sides_take_the_same_words_for_a_bucket(pattern: str, theirs: re.Pattern[str]) -> None:
    assert pattern == f"^{theirs.pattern.replace('(?:', '(')}$"
