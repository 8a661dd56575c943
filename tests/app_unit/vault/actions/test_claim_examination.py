"""Workers beside each other never examine the same blob."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from mediavault.accounts.models import User
from mediavault.vault.actions.claim_examination import LEASE, Claim, claim_examination
from mediavault.vault.models import Blob, MediaTask

MANY = 60


def queue(owner: User, count: int) -> None:
    for n in range(count):
        blob = Blob.objects.create(owner=owner, sha256=f"{n:064x}", size=0)
        MediaTask.objects.create(blob=blob, due_at=timezone.now() - timedelta(hours=1) + timedelta(seconds=n))


def test_the_longest_due_comes_first_and_is_due_again_after_its_lease(ann: User) -> None:
    queue(ann, 2)
    now = timezone.now()
    first, second = claim_examination(now=now), claim_examination(now=now)
    assert first
    assert second
    assert first.blob_id < second.blob_id
    assert claim_examination(now=now) is None
    again = claim_examination(now=now + LEASE)
    assert again is not None
    assert again.attempt == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_the_queue_and_never_a_blob(ann: User) -> None:
    queue(ann, MANY)
    start = threading.Barrier(4)

    def work(_: int) -> list[Claim]:
        start.wait(10)
        claims = []
        while claim := claim_examination(now=timezone.now()):
            claims.append(claim)
        connections.close_all()
        return claims

    with ThreadPoolExecutor(4) as pool:
        claims = [claim for each in pool.map(work, range(4)) for claim in each]
    assert len(claims) == len({claim.blob_id for claim in claims}) == MANY
    assert {claim.attempt for claim in claims} == {1}
