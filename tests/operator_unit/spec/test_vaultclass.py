"""Parsing a MediaVaultClass, and what no vault of it may exceed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediavault_operator.spec import (
    Bounds,
    ClaimTarget,
    Defaults,
    InvalidSpec,
    MediaVault,
    VaultClass,
    bounded,
    exceeded,
    parse,
    parse_class,
)

Maker = Callable[..., Any]


def class_of(spec: dict[str, Any], defaults: Defaults) -> VaultClass:
    metadata = {"name": "gold", "generation": 2}
    return parse_class({"metadata": metadata, "spec": spec}, defaults=defaults)


def vault_of(of_class: VaultClass, spec: dict[str, Any], defaults: Defaults) -> MediaVault:
    body = {"metadata": {"name": "photos", "namespace": "tenant"}, "spec": spec}
    return parse(body, defaults=defaults, layer=of_class.layer(name="photos", namespace="tenant"))


def test_a_class_that_says_nothing_rolls_a_tenth_at_a_time(defaults: Defaults) -> None:
    parsed = class_of({}, defaults)
    assert (parsed.name, parsed.generation, parsed.bounds) == ("gold", 2, Bounds())
    assert (parsed.rollout.bound(1000), parsed.rollout.bound(3), parsed.rollout.deadline) == (100, 1, 600)


@pytest.mark.parametrize(("written", "bound"), [(7, 7), ("25%", 50), ("100%", 200), ("1%", 2)])
def test_a_bound_is_a_number_or_a_share(written: Any, bound: int, defaults: Defaults) -> None:
    assert class_of({"rollout": {"maxConcurrent": written}}, defaults).rollout.bound(200) == bound


def test_a_class_backs_up_vaults_that_ask_for_nothing(defaults: Defaults) -> None:
    plan = {"schedule": "30 2 * * *", "target": {"claim": {"name": "{name}-backups"}}}
    gold = class_of({"defaults": {"backup": plan, "deletionPolicy": "Backup"}}, defaults)
    backup = vault_of(gold, {}, defaults).backup
    assert backup is not None
    assert (backup.schedule, backup.target) == ("30 2 * * *", ClaimTarget(name="photos-backups"))
    resting = vault_of(gold, {"backup": {"suspend": True}}, defaults).backup
    assert resting == replace(backup, suspend=True)


def test_a_vault_may_be_just_a_name(defaults: Defaults) -> None:
    gold = {
        "image": "class:1",
        "ingress": {"host": "{name}.{namespace}.example.org", "tls": {}},
        "storage": {"claim": {"accessModes": ["ReadWriteMany"]}},
    }
    vault = vault_of(class_of({"defaults": gold}, defaults), {}, defaults)
    assert vault.image == "class:1"
    assert vault.ingress is not None
    assert (vault.ingress.host, vault.ingress.tls_secret) == ("photos.tenant.example.org", "photos-tls")
    assert vault_of(class_of({"defaults": gold}, defaults), {"replicas": 3}, defaults).replicas == 3


def test_what_a_class_says_of_an_ingress_without_a_host_is_for_vaults_that_ask(defaults: Defaults) -> None:
    silver = class_of({"defaults": {"ingress": {"className": "nginx"}}}, defaults)
    assert vault_of(silver, {}, defaults).ingress is None
    asked = vault_of(silver, {"ingress": {"host": "a.example"}}, defaults).ingress
    assert asked is not None
    assert asked.class_name == "nginx"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"defaults": {"image": "a b"}}, "spec.defaults.image"),
        ({"defaults": ["a"]}, "spec.defaults"),
        ({"defaults": {"ingress": {"host": "{nam}.example.org"}}}, "spec.defaults.ingress.host"),
        ({"defaults": {"storage": {"claim": {"size": "ten"}}}}, "spec.defaults.storage.claim.size"),
        ({"limits": {"storage": "1"}}, "spec.limits.storage"),
        ({"limits": {"cpu": "none"}}, "spec.limits.cpu"),
        ({"limits": {"replicas": 0}}, "spec.limits.replicas"),
        ({"rollout": {"maxConcurrent": "0%"}}, "spec.rollout.maxConcurrent"),
        ({"rollout": {"maxConcurrent": "101%"}}, "spec.rollout.maxConcurrent"),
        ({"rollout": {"maxConcurrent": 0}}, "spec.rollout.maxConcurrent"),
        ({"rollout": {"progressDeadlineSeconds": 0}}, "spec.rollout.progressDeadlineSeconds"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(spec: dict[str, Any], field: str, defaults: Defaults) -> None:
    with pytest.raises(InvalidSpec) as raised:
        class_of(spec, defaults)
    assert [problem.field for problem in raised.value.problems] == [field]


def test_only_what_may_roll_a_vault_makes_a_revision(defaults: Defaults) -> None:
    plain = class_of({}, defaults).revision
    marked = class_of({"limits": {"replicas": 3}, "rollout": {"maxConcurrent": 1}}, defaults)
    assert marked.revision == plain
    assert class_of({"defaults": {"image": "app:2"}}, defaults).revision != plain
    upgraded = Defaults(image="registry/app:2.0", database_image=defaults.database_image)
    assert class_of({}, upgraded).revision != plain


def test_all_that_exceeds_a_limit_is_told_with_what_is_allowed(make_vault: Maker) -> None:
    spec = {
        "replicas": 4,
        "storage": {"claim": {"size": "1Ti", "accessModes": ["ReadWriteMany"]}},
        "database": {"managed": {"size": "9Gi", "resources": {"requests": {"memory": "3Gi"}}}},
        "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2500m"}},
    }
    bounds = Bounds(replicas=3, storage="500Gi", database_storage="8Gi", cpu="2", memory="2Gi")
    problems = exceeded(make_vault(spec), bounds)
    assert {problem.field: problem.message for problem in problems} == {
        "spec.replicas": "asks for 4, and the class allows 3 at most",
        "spec.storage.claim.size": "asks for 1Ti, and the class allows 500Gi at most",
        "spec.database.managed.size": "asks for 9Gi, and the class allows 8Gi at most",
        "spec.database.managed.resources.requests.memory": "asks for 3Gi, and the class allows 2Gi at most",
        "spec.resources.limits.cpu": "asks for 2500m, and the class allows 2 at most",
    }
    assert {problem.reason for problem in problems} == {"LimitExceeded"}


def test_nothing_exceeds_limits_that_are_not_there(make_vault: Maker) -> None:
    assert exceeded(make_vault({"storage": {"claim": {"size": "900Ti"}}}), Bounds()) == ()


def test_a_container_without_a_limit_gets_the_classs(make_vault: Maker) -> None:
    vault = bounded(make_vault({"resources": {"limits": {"memory": "1Gi"}}}), Bounds(cpu="2", memory="4Gi"))
    assert dict(vault.resources.limits) == {"cpu": "2", "memory": "1Gi"}
    assert exceeded(vault, Bounds(cpu="2", memory="4Gi")) == ()
