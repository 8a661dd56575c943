"""The managed database's StatefulSet."""

from collections.abc import Callable
from typing import Any

from mediavault_operator.children.statefulset import build_stateful_set

Maker = Callable[..., Any]


def test_the_claim_is_mounted_by_name(make_vault: Maker) -> None:
    vault = make_vault()
    built = build_stateful_set(vault, vault.database, replicas=1)
    assert "volumeClaimTemplates" not in built["spec"]
    volumes = built["spec"]["template"]["spec"]["volumes"]
    assert {"claimName": "photos-db"} in [volume.get("persistentVolumeClaim") for volume in volumes]
