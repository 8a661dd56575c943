"""The operator is killed in the middle of its work, or has a double; nothing is made twice or drawn anew."""

import time

import pytest

from playing.api import Api
from playing.audit import Audit
from playing.kubelet import Kubelet
from playing.types import Start, Vault
from playing.waiting import until, until_ready

pytestmark = pytest.mark.controlplane


@pytest.mark.parametrize("writes", [4, 12])
def test_a_killed_operator_is_succeeded_by_one_that_finishes(
    api: Api, audit: Audit, kubelet: Kubelet, start: Start, apply_vault: Vault, writes: int
) -> None:
    with start() as first:
        apply_vault()
        until(lambda: len(audit.writes()) >= writes)
        first.kill()
    secrets = {each["metadata"]["uid"]: each["data"] for each in api.list("Secret")}
    with start():
        until_ready(api, "demo")
    after = {each["metadata"]["uid"]: each["data"] for each in api.list("Secret")}
    assert {uid: after[uid] for uid in secrets} == secrets
    assert len(api.list("PersistentVolumeClaim")) == 2
    assert len(api.list("Job")) == 1


def test_two_operators_at_once_do_each_other_no_harm(
    api: Api, audit: Audit, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start(), start():
        apply_vault()
        until_ready(api, "demo")
        time.sleep(3)
        before = len(audit.writes())
        time.sleep(5)
        assert len(audit.writes()) == before
    assert len(api.list("Secret")) == 3
