"""The children and the status of an embedded vault, made by our own builders with placeholders in them.

The Go operator fills them in for each vault (`benchmarks/references/go_operator`), so that both write the
same objects.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mediavault_operator import names
from mediavault_operator.children import desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed
from mediavault_operator.spec import Defaults, parse
from mediavault_operator.status import compute_status
from playing.operator import IMAGES

_NAME, _NAMESPACE, _UID, _GENERATION, _RANDOM = (
    "VAULTNAME",
    "VAULTNAMESPACE",
    "VAULTUID",
    "VAULTGENERATION",
    "RANDOM",
)
_STAND_IN = "vaultname"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def write_template(path: Path) -> None:
    """Write the template that the Go operator reads."""
    body = {
        "apiVersion": names.API_VERSION,
        "kind": names.KIND,
        "metadata": {"name": _STAND_IN, "namespace": _NAMESPACE, "uid": _UID, "generation": 1},
        "spec": {"database": {"embedded": {}}},
    }
    defaults = Defaults(
        image=IMAGES["MEDIAVAULT_APP_IMAGE"], database_image=IMAGES["MEDIAVAULT_POSTGRES_IMAGE"]
    )
    vault = parse(body, defaults=defaults)
    credentials = Credentials.complete({}, vault=_STAND_IN, token=lambda *_: _RANDOM)
    plan = desired_children(vault, credentials=credentials, observed=Observed())
    pending = compute_status(vault, Observed(), template=None, previous={}, now=_NOW)
    served = Observed(
        deployment=_served(next(each for each in plan.manifests if each["kind"] == "Deployment")),
        media_claim=_bound(next(each for each in plan.manifests if each["kind"] == "PersistentVolumeClaim")),
    )
    ready = compute_status(vault, served, template=None, previous=pending, now=_NOW)
    text = json.dumps({"children": plan.manifests, "pending": _told(pending), "ready": _told(ready)})
    path.write_text(text.replace(_STAND_IN, _NAME), encoding="utf-8")


def _told(status: dict[str, Any]) -> dict[str, Any]:
    """The status with the place for the generation that it tells of."""
    conditions = [{**each, "observedGeneration": _GENERATION} for each in status["conditions"]]
    return {**status, "observedGeneration": _GENERATION, "conditions": conditions}


def _served(deployment: dict[str, Any]) -> dict[str, Any]:
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1)
    metadata = {**deployment["metadata"], "generation": 1}
    return {**deployment, "metadata": metadata, "status": {"observedGeneration": 1, **counts}}


def _bound(claim: dict[str, Any]) -> dict[str, Any]:
    return {**claim, "status": {"phase": "Bound", "capacity": claim["spec"]["resources"]["requests"]}}
