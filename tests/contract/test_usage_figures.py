"""What the app tells of its use, the operator reads."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from mediavault.accounts.models import User
from mediavault.vault.querysets import FILE_GROUPS, OTHER_GROUP
from mediavault.vault.usage import UsageCollector
from mediavault_operator.children.deployment import build_deployment
from mediavault_operator.spec import Defaults, parse
from mediavault_operator.usage import Usage, parse_usage

GROUPS = (*FILE_GROUPS, OTHER_GROUP)


def told() -> Usage | None:
    registry = CollectorRegistry()
    registry.register(UsageCollector())
    return parse_usage(generate_latest(registry).decode())


@pytest.mark.django_db
def test_the_operator_reads_what_the_app_tells() -> None:
    assert told() == Usage(files=0, bytes={}, users=0)
    User.objects.create_user("eve")
    User.objects.create_user("gone", is_active=False)
    assert told() == Usage(files=0, bytes={}, users=1)


def test_every_type_group_has_a_name_that_the_operator_takes() -> None:
    text = "\n".join(f'mediavault_files{{group="{group}"}} 1' for group in GROUPS)
    read = parse_usage(f"{text}\nmediavault_users 1")
    assert read is not None
    assert read.files == len(GROUPS)


def test_the_operator_asks_the_port_that_the_app_is_told_to_serve() -> None:
    body = {"metadata": {"name": "photos"}, "spec": {}}
    vault = parse(body, defaults=Defaults(image="app:1", database_image="postgres:17"))
    spec = build_deployment(vault, image="app:1", secrets="s", shared=False)["spec"]["template"]["spec"]
    (port,) = (p for each in spec["containers"] for p in each.get("ports", ()) if p["name"] == "metrics")
    told = {each["name"]: each.get("value") for c in spec["containers"] for each in c.get("env", ())}
    assert told["METRICS_PORT"] == str(port["containerPort"])
