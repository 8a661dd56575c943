"""The web Deployment."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children.deployment import build_deployment

Maker = Callable[..., Any]


def build(vault: Any, *, shared: bool = False, secrets: str = "mark") -> dict[str, Any]:
    return build_deployment(vault, image="registry/app:1.0", secrets=secrets, shared=shared)


def test_storage_of_one_node_is_handed_over_by_recreating(make_vault: Maker) -> None:
    assert build(make_vault())["spec"]["strategy"] == {"type": "Recreate", "rollingUpdate": None}


def test_shared_storage_is_rolled_without_a_gap(make_vault: Maker) -> None:
    vault = make_vault({"replicas": 3, "storage": {"claim": {"accessModes": ["ReadWriteMany"]}}})
    spec = build(vault, shared=True)["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert spec["replicas"] == 3


def test_more_than_one_pod_never_opens_storage_that_is_not_known_to_be_shared(make_vault: Maker) -> None:
    vault = make_vault({"replicas": 3, "storage": {"claim": {"existingClaim": "old"}}})
    assert build(vault, shared=False)["spec"]["replicas"] == 1


def test_the_selector_is_the_two_fixed_labels(make_vault: Maker) -> None:
    assert build(make_vault())["spec"]["selector"] == {"matchLabels": names.selector("photos", names.WEB)}


def test_other_secrets_roll_the_pods(make_vault: Maker) -> None:
    one, two = (build(make_vault(), secrets=mark)["spec"]["template"] for mark in ("a", "b"))
    assert one["metadata"]["annotations"] != two["metadata"]["annotations"]
    assert one["spec"] == two["spec"]


def test_a_restart_is_asked_for_by_another_text_and_its_absence_leaves_no_mark(make_vault: Maker) -> None:
    vault = make_vault()
    once, twice, never = (
        build(replace(vault, restarted_at=text))["spec"]["template"] for text in ("10:00", "11:00", "")
    )
    assert once["metadata"] != twice["metadata"]
    assert names.RESTARTED_AT_ANNOTATION not in never["metadata"]["annotations"]


@pytest.mark.parametrize("claim", [None, "old"])
def test_the_media_are_mounted_from_the_claim_in_use(make_vault: Maker, claim: str | None) -> None:
    spec = {"storage": {"claim": {"existingClaim": claim}}} if claim else {}
    volumes = build(make_vault(spec))["spec"]["template"]["spec"]["volumes"]
    assert {"claimName": claim or "photos-media"} in [v.get("persistentVolumeClaim") for v in volumes]
