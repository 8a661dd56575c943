"""A bucket for the media: its credentials, and what the migration found when it wrote there."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.outcome import PrepareExit, prepare_exit, prepare_report
from mediavault_operator.spec import Bucket
from mediavault_operator.status.finding import Check, Finding, View, fine, waiting
from mediavault_operator.status.pods import live_pods


def _secret_is_complete(view: View) -> Finding | None:
    bucket, secret = view.vault.storage, view.observed.bucket_secret
    if not isinstance(bucket, Bucket) or bucket.secret_name is None:
        return None
    place = f"Secret {bucket.secret_name} in namespace {view.vault.namespace}"
    keys = " and ".join(names.BUCKET_KEYS)
    if secret is None or not secret.found:
        message = f"there is no {place}: make it with the bucket's credentials under the keys {keys}"
        return Finding(reason="SecretNotFound", message=message)
    if not secret.has_key:
        return Finding(reason="SecretKeyMissing", message=f"the {place} needs a value under each of {keys}")
    return None


def _it_was_written(view: View) -> Finding | None:
    if not isinstance(view.vault.storage, Bucket) or _is_current(view):
        return None
    for pod in live_pods(view, names.MIGRATE):
        if prepare_exit(pod) == PrepareExit.STORE_UNUSABLE:
            said = prepare_report(pod).get("error") or "the bucket cannot be written"
            return Finding(reason="BucketUnusable", message=f"{said}. It is tried again until it can be")
    return None


def _it_is_checked(view: View) -> Finding | None:
    if not isinstance(view.vault.storage, Bucket) or _is_current(view):
        return None
    return waiting("Checking", f"the bucket {view.vault.storage.bucket} is about to be written to")


def _is_current(view: View) -> bool:
    """Whether the migration that was last to check the bucket did so with these settings."""
    return view.done is not None and view.done.template == view.template


BUCKET_CHECKS: Final[tuple[Check, ...]] = (_secret_is_complete, _it_was_written, _it_is_checked)


def bucket_is_fine(bucket: Bucket) -> Finding:
    """What to say of a bucket that could be written."""
    where = bucket.endpoint or "Amazon S3"
    return fine("Writable", f"the bucket {bucket.bucket} of {where} could be written below {bucket.prefix}")
