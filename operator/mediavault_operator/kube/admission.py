"""Before a pod is given up for its successor: whether the API server would admit that one.

A Deployment with Recreate, and a StatefulSet, end a pod before they make the next. What only the admission of
pods refuses, such as a priority class that is not there, a quota, a LimitRange or Pod Security, would take a
vault down that serves. A dry run tells it before anything is changed.
"""

from typing import Any, Final

from mediavault_operator.children.succession import changes_template, leaves_a_gap, wants_pods
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.quota import fits_instead

_TEMPLATE: Final = "spec.template."
_CANNOT_TELL: Final = "does not support dry run"
"""What an admission webhook with side effects makes of the question."""


def matters(manifest: Body, live: Body, differing: tuple[str, ...]) -> bool:
    """Whether to apply `manifest`, which differs from `live` so, means to end pods before others are made."""
    if not leaves_a_gap(manifest) or not wants_pods(live):
        return False
    return changes_template(manifest, live) or any(path.startswith(_TEMPLATE) for path in differing)


async def ask(client: Client, manifest: Body, live: Body) -> None:
    """Raise NotAdmitted where no pod of `manifest` could take the place of one of `live`."""
    template = manifest["spec"]["template"]
    try:
        await client.rehearse(resources.POD, manifest["metadata"]["namespace"], _pod(manifest, live))
    except errors.AlreadyExists:
        return  # a name is looked at when all else has been found good
    except (errors.Forbidden, errors.Invalid) as refusal:
        said = refusal.said
        if _CANNOT_TELL in said or fits_instead(said, template["spec"], live["spec"]["template"]["spec"]):
            return
        message = (
            "no pod would be admitted as it is wanted now, so the one of before goes on serving; this is "
            f"tried again until one is, or until the change is taken back: {said}"
        )
        raise errors.NotAdmitted(message, status=refusal.status, reason=refusal.reason) from refusal


def _pod(manifest: Body, live: Body) -> dict[str, Any]:
    """A pod as its controller would make it, but for its name, by which messages stay the same."""
    template, name = manifest["spec"]["template"], manifest["metadata"]["name"]
    owner = {
        "apiVersion": manifest["apiVersion"],
        "kind": manifest["kind"],
        "name": name,
        "uid": live["metadata"]["uid"],
        "controller": True,
    }
    metadata = {"name": f"{name}-next", "generateName": f"{name}-", "ownerReferences": [owner]}
    return {
        "apiVersion": resources.POD.api_version,
        "kind": resources.POD.kind,
        "metadata": {**template["metadata"], **metadata},
        "spec": template["spec"],
    }
