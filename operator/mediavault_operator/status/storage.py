"""The store of the media, and the claims: the media's, and a managed database's."""

from dataclasses import replace
from typing import Final

from mediavault_operator import names
from mediavault_operator.claims import capacity
from mediavault_operator.observed import Object, name_of
from mediavault_operator.spec import Bucket
from mediavault_operator.status.bucket import BUCKET_CHECKS, bucket_is_fine
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.growth import growing, growth_that_failed
from mediavault_operator.status.pods import containers, ended, live_pods
from mediavault_operator.status.refused import Place, refused

PATIENCE: Final = 30.0
PROVISIONERS: Final = (
    "volume.kubernetes.io/storage-provisioner",
    "volume.beta.kubernetes.io/storage-provisioner",
)


def _existing_claim_stands(view: View) -> Finding | None:
    name = view.vault.media_claim
    if name is None or view.observed.media_claim is not None:
        return None
    message = (
        f"the claim {name} that spec.storage.claim.existingClaim names does not exist in namespace "
        f"{view.vault.namespace}: make it or name another"
    )
    return Finding(reason="ClaimNotFound", message=message)


def _media_claim_is_usable(view: View) -> Finding | None:
    found = claim_finding(view.observed.media_claim, view)
    # What is beyond waiting comes before what the API server says about applying the claim.
    return found if found and found.level is not Level.WAITING else None


def _media_claim_is_bound(view: View) -> Finding | None:
    found = claim_finding(view.observed.media_claim, view)
    # Many classes make a volume only for a pod that is to use it, and the web pods come last.
    if found is not None and found.level is Level.WAITING and view.observed.deployment is None:
        return replace(found, level=Level.NOTED)
    return found


def _media_can_be_written(view: View) -> Finding | None:
    for pod in live_pods(view, names.WEB):
        for container in containers(pod):
            # A log also has lines with times, which would make every restart a new message.
            lines = str(ended(container).get("message") or "").splitlines()
            said = next((line for line in lines if "MEDIA_ROOT" in line and "writ" in line), "")
            if said and not container.get("ready"):
                message = (
                    f"the volume of claim {_claim_name(view)} must be writable by group 10001, which the pod "
                    f"{name_of(pod)} finds it is not: {said}"
                )
                return Finding(reason="VolumeNotWritable", message=message)
    return None


def _of_a_claim(check: Check) -> Check:
    def of_a_claim(view: View) -> Finding | None:
        return None if isinstance(view.vault.storage, Bucket) else check(view)

    return of_a_claim


_CLAIM_CHECKS: Final[tuple[Check, ...]] = (
    _media_claim_is_usable,
    refused(Place.STORAGE),
    _existing_claim_stands,
    _media_claim_is_bound,
    _media_can_be_written,
)
STORAGE_CHECKS: Final[tuple[Check, ...]] = (*map(_of_a_claim, _CLAIM_CHECKS), *BUCKET_CHECKS)


def storage_is_fine(view: View) -> Finding:
    """What to say of a claim that is bound, or of a bucket that could be written."""
    if isinstance(view.vault.storage, Bucket):
        return bucket_is_fine(view.vault.storage)
    claim = view.observed.media_claim
    text = f"the claim {_claim_name(view)} is bound with {capacity(claim)}"
    on_its_way = growing(claim)
    return fine("Growing", f"{text} and {on_its_way}") if on_its_way else fine("Bound", text)


def _claim_name(view: View) -> str:
    return view.vault.media_claim or names.media_claim(view.vault.name)


def claim_finding(claim: Object | None, view: View) -> Finding | None:
    """What keeps a claim from being used."""
    if claim is None:
        return waiting("ClaimMissing", "the claim is about to be made")
    name, phase = name_of(claim), claim.get("status", {}).get("phase")
    if claim.get("metadata", {}).get("deletionTimestamp"):
        return _leaving(claim, view)
    if phase == "Lost":
        message = (
            f"the claim {name} has lost its volume {claim.get('spec', {}).get('volumeName', '')}: restore it"
        )
        return Finding(reason="VolumeLost", message=message)
    return growth_that_failed(claim) if phase == "Bound" else _pending(claim, view)


def _leaving(claim: Object, view: View) -> Finding:
    name, annotations = name_of(claim), claim.get("metadata", {}).get("annotations") or {}
    owner = annotations.get(names.VAULT_UID_ANNOTATION)
    if owner not in (None, view.vault.uid):
        return waiting("Terminating", f"the claim {name} of an earlier vault is being deleted, as was asked")
    message = (
        f"the claim {name} is being deleted and goes, with its data, when no pod uses it any more: copy the "
        "data while the vault runs, this cannot be undone"
    )
    return Finding(reason="ClaimTerminating", message=message)


def _pending(claim: Object, view: View) -> Finding:
    name, spec = name_of(claim), claim.get("spec", {})
    provisioner = _provisioner(claim)
    volume, storage_class = spec.get("volumeName"), spec.get("storageClassName")
    if provisioner:
        return waiting("Provisioning", f"the claim {name} waits for {provisioner} to make its volume")
    if view.age(claim) < PATIENCE:
        return waiting("ClaimPending", f"the claim {name} is not bound yet")
    if volume:
        message = (
            f"the claim {name} waits for the volume {volume}: it must exist, be free, have the class "
            f"{storage_class or ''!r}, the same access modes and at least the same size"
        )
        return Finding(reason="VolumeNotBound", message=message)
    if storage_class is None:
        message = f"the claim {name} names no storage class and the cluster has no default one: name one"
        return Finding(reason="NoStorageClass", message=message)
    message = (
        f"the claim {name} of class {storage_class!r} is not bound: the class does not exist, has no free "
        "volume that fits, or waits for the first pod to be placed"
    )
    return waiting("ClaimPending", message)


def _provisioner(claim: Object) -> str:
    annotations = claim.get("metadata", {}).get("annotations") or {}
    return next((str(annotations[key]) for key in PROVISIONERS if annotations.get(key)), "")
