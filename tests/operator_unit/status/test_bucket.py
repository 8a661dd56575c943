"""What is told of a bucket for the media."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import ReferencedSecret

Maker = Callable[..., Any]
SPEC = {"storage": {"s3": {"bucket": "media", "endpoint": "http://s3", "secretName": "keys"}}}
KNOWN = ReferencedSecret(found=True, has_key=True, digest="d")


def test_a_bucket_that_was_written_is_fine(healthy: Maker, judge: Maker, condition: Maker) -> None:
    status = judge(healthy(media_claim=None, bucket_secret=KNOWN), SPEC)
    found = condition(status, "StorageReady")
    assert (found["status"], found["reason"]) == ("True", "Writable")
    assert "below tenant/photos" in found["message"]
    assert condition(status, "Ready")["status"] == "True"


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (None, "SecretNotFound"),
        (ReferencedSecret(found=False), "SecretNotFound"),
        (ReferencedSecret(found=True), "SecretKeyMissing"),
    ],
)
def test_missing_credentials_are_named(
    healthy: Maker, judge: Maker, condition: Maker, secret: ReferencedSecret | None, reason: str
) -> None:
    status = judge(healthy(media_claim=None, bucket_secret=secret), SPEC)
    found = condition(status, "Ready")
    assert (found["status"], found["reason"]) == ("False", reason)
    assert "AWS_ACCESS_KEY_ID" in found["message"]


def test_what_the_migration_found_is_told(healthy: Maker, judge: Maker, condition: Maker, pod: Maker) -> None:
    end = {
        "exitCode": 4,
        "message": json.dumps({"error": "The bucket media cannot be written: NoSuchBucket"}),
    }
    container = {"name": "prepare", "state": {"terminated": end}}
    children = healthy(
        media_claim=None, bucket_secret=KNOWN, migration=None, pods=(pod(names.MIGRATE, container),)
    )
    found = condition(judge(children, SPEC), "StorageReady")
    assert (found["status"], found["reason"]) == ("False", "BucketUnusable")
    assert "NoSuchBucket" in found["message"]


def test_until_it_was_written_it_is_being_checked(healthy: Maker, judge: Maker, condition: Maker) -> None:
    children = healthy(media_claim=None, bucket_secret=KNOWN, migration=None)
    assert condition(judge(children, SPEC), "StorageReady")["reason"] == "Checking"
