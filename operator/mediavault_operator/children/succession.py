"""How pods come after those of before: what of a plan waits until a Job has shown that they can begin.

Where a pod ends before the next is made, one that no node takes, or whose image cannot be had, takes a vault
down that serves. The migration Job has the same image, Secrets and placement and runs beside that pod, so
what brings other pods follows its success. With an embedded database the Job is a trial and nothing else.
"""

from typing import Final

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest
from mediavault_operator.children.pod import PLACEMENT
from mediavault_operator.observed import (
    Object,
    Observed,
    annotation_of,
    job_of,
    migrated,
    name_of,
    true_condition,
)

_ALL_SERVED: Final = "NewReplicaSetAvailable"
"""What a Deployment says of itself from when its pods served first until it gets other ones."""


def leaves_a_gap(manifest: Manifest) -> bool:
    """Whether pods of this end before their successors begin, and are to have some."""
    spec = manifest.get("spec", {})
    recreated = manifest["kind"] == "Deployment" and spec["strategy"]["type"] == "Recreate"
    return (recreated or manifest["kind"] == "StatefulSet") and wants_pods(manifest)


def wants_pods(workload: Object) -> bool:
    """Whether pods are asked for. Those that are counted may be none for a moment, when one is evicted."""
    return bool(workload["spec"]["replicas"])


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
    return _serves(live) or (wants_pods(live) and _may_come_back(live, _jobs(observed, template), observed))


def followed(deployment: Object | None) -> str:
    """The Job template with which the pods of an embedded vault prepare, empty where there are none."""
    return "" if deployment is None else annotation_of(deployment, names.MIGRATION_ANNOTATION)


def _moves(manifest: Manifest, live: Object) -> bool:
    wanted, known = manifest["spec"]["template"]["spec"], live["spec"]["template"]["spec"]
    return any(wanted.get(name) != known.get(name) for name in PLACEMENT)


def _jobs(observed: Observed, template: str | None) -> set[str]:
    jobs = observed.jobs
    return {name_of(job) for job in jobs if annotation_of(job, names.TEMPLATE_ANNOTATION) == template}


def _serves(live: Object) -> bool:
    return bool((live.get("status") or {}).get("readyReplicas"))


def _may_come_back(live: Object, jobs: set[str], observed: Observed) -> bool:
    """Whether pods that do not serve now are to be kept: they did, or `jobs` were begun for what did."""
    if live["kind"] == "Deployment":
        progress = true_condition(live, "Progressing") or {}
        return bool(jobs) or progress.get("reason") == _ALL_SERVED
    # The Job needs a database: one that is away may move as soon as a pod of the Job has found its place.
    pods = (pod for pod in observed.pods if job_of(pod) in jobs)
    return bool(jobs) and all(pod.get("status", {}).get("phase") == "Pending" for pod in pods)
