"""Claims that are to become larger."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.observed import Failure

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]

NOT_ALLOWED = (
    'persistentvolumeclaims "photos-media" is forbidden: only dynamically provisioned pvc can be resized and '
    "the storageclass that provisions the pvc must support resize"
)
PARTS = [("media_claim", "photos-media", "StorageReady"), ("database_claim", "photos-db", "DatabaseReady")]


def on_its_way(claim: Maker, name: str, kind: str, message: str = "") -> dict[str, Any]:
    found = claim(name, size="10Gi", spec={"resources": {"requests": {"storage": "20Gi"}}})
    condition = {"type": kind, "status": "True", "message": message}
    found["status"]["conditions"] = [condition, {"type": "ModifyingVolume", "status": "False"}]
    return dict(found)


@pytest.mark.parametrize(("child", "name", "part"), PARTS)
@pytest.mark.parametrize("kind", ["Resizing", "FileSystemResizePending"])
def test_a_claim_that_grows_is_fine_and_told(
    judge: Judge, healthy: Maker, claim: Maker, condition: Read, child: str, name: str, part: str, kind: str
) -> None:
    status = judge(healthy(**{child: on_its_way(claim, name, kind)}))
    assert (condition(status, part)["status"], condition(status, part)["reason"]) == ("True", "Growing")
    assert "grows to 20Gi" in condition(status, part)["message"]
    assert condition(status, "Ready")["status"] == "True"


@pytest.mark.parametrize(("child", "name", "part"), PARTS)
@pytest.mark.parametrize("kind", ["ControllerResizeError", "NodeResizeError"])
def test_a_growth_that_fails_is_named_with_what_was_said(
    judge: Judge, healthy: Maker, claim: Maker, condition: Read, child: str, name: str, part: str, kind: str
) -> None:
    status = judge(healthy(**{child: on_its_way(claim, name, kind, "the pool is full")}))
    assert condition(status, part)["reason"] == condition(status, "Ready")["reason"] == "CannotGrow"
    assert "the pool is full" in condition(status, part)["message"]


@pytest.mark.parametrize(("_child", "name", "part"), PARTS)
def test_a_growth_that_the_class_forbids_stalls(
    judge: Judge, healthy: Maker, condition: Read, _child: str, name: str, part: str
) -> None:
    failure = Failure(kind="PersistentVolumeClaim", name=name, reason="Forbidden", message=NOT_ALLOWED)
    status = judge(healthy(failures=(failure,)))
    assert condition(status, part)["reason"] == condition(status, "Stalled")["reason"] == "CannotGrow"
    assert "allowVolumeExpansion" in condition(status, part)["message"]
