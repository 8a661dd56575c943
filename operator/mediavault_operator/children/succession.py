"""How pods come after those of before: what of a plan waits until a Job has shown that they can begin.

Where a pod ends before the next is made, one that no node takes, or whose image cannot be had, takes a vault
down that serves. The migration Job has the same image, Secrets and placement and runs beside that pod, so
what brings other pods follows its success. With an embedded database the Job is a trial and nothing else.
"""

from typing import Final

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest
from mediavault_operator.observed import Object, Observed, annotation_of, migrated

_PLACE: Final = (
    "nodeSelector", "tolerations", "affinity", "priorityClassName", "runtimeClassName", "imagePullSecrets",
)  # fmt: skip


def leaves_a_gap(manifest: Manifest) -> bool:
    """Whether pods of this end before their successors begin, and are to have some."""
    spec = manifest.get("spec", {})
    recreated = manifest["kind"] == "Deployment" and spec["strategy"]["type"] == "Recreate"
    return (recreated or manifest["kind"] == "StatefulSet") and bool(spec["replicas"])


def changes_template(manifest: Manifest, live: Object) -> bool:
    """Whether the pods that are wanted are others than were wanted last."""
    mark = names.TEMPLATE_ANNOTATION
    return annotation_of(manifest, mark) != annotation_of(live, mark)


def waits_for_trial(manifest: Manifest, observed: Observed, template: str | None) -> bool:
    """Whether what makes pods has to stay as it is until the Job of `template` has succeeded.

    `template` is the hash of the Job's pod template, None while it is unknown.
    """
    found = {"Deployment": observed.deployment, "StatefulSet": observed.stateful_set}
    live, done = found.get(manifest["kind"]), migrated(observed)
    if live is None or not leaves_a_gap(manifest) or not changes_template(manifest, live):
        return False
    # The Job needs the database, which may need what else is changed of it, such as more memory.
    if manifest["kind"] == "StatefulSet" and not _moves(manifest, live):
        return False
    if template is not None and template in (done and done.template, followed(live)):
        return False
    return _is_worth_keeping(live, under_way=_stands(observed, template))


def followed(deployment: Object | None) -> str:
    """The Job template with which the pods of an embedded vault prepare, empty where there are none."""
    return "" if deployment is None else annotation_of(deployment, names.MIGRATION_ANNOTATION)


def _moves(manifest: Manifest, live: Object) -> bool:
    wanted, known = manifest["spec"]["template"]["spec"], live["spec"]["template"]["spec"]
    return any(wanted.get(name) != known.get(name) for name in _PLACE)


def _stands(observed: Observed, template: str | None) -> bool:
    return any(annotation_of(job, names.TEMPLATE_ANNOTATION) == template for job in observed.jobs)


def _is_worth_keeping(live: Object, *, under_way: bool) -> bool:
    """Whether there are pods that serve, or did when the Job began: one may be away for a moment."""
    status = live.get("status") or {}
    return bool(status.get("readyReplicas") or (under_way and status.get("replicas")))
