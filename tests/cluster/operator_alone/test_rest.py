"""A settled vault costs nothing: no write and no read, not even when the operator starts anew."""

import time

import pytest

from playing.api import Api
from playing.audit import STATUS, Audit
from playing.kubelet import Kubelet
from playing.operator import Operator
from playing.types import Start, Vault
from playing.waiting import until, until_ready

pytestmark = pytest.mark.controlplane


def test_at_rest_nothing_is_written_or_read(
    api: Api, audit: Audit, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    apply_vault()
    until_ready(api, "demo")
    until(audit.quiet)
    before = audit.writes(), audit.reads()
    time.sleep(10)
    assert (audit.writes(), audit.reads()) == before
    assert operator.healthy()


def test_a_restart_writes_nothing(
    api: Api, audit: Audit, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault()
        until_ready(api, "demo")
        until(audit.quiet)
    before = audit.writes()
    with start():
        assert audit.quiet(seconds=4)
    assert audit.writes() == before


def test_an_edit_made_while_the_operator_was_away_is_put_back(
    api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault(database={"embedded": {}})
        until_ready(api, "demo")
    api.patch("Service", "demo", {"spec": {"type": "NodePort"}})
    with start():
        until(lambda: (api.get("Service", "demo") or {})["spec"]["type"] == "ClusterIP")


def test_one_changed_field_costs_the_child_and_the_status(
    api: Api, audit: Audit, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    until(audit.quiet)
    before = len(audit.writes())
    api.patch("MediaVault", "demo", {"spec": {"service": {"port": 8080}}})
    until_ready(api, "demo")
    until(audit.quiet)
    after = [call.resource for call in audit.writes()[before:]]
    assert sorted(after) == [STATUS, "services"]
