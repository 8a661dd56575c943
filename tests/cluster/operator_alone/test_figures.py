"""What the operator tells Prometheus while it works."""

import pytest

from playing.api import Api
from playing.kubelet import Kubelet
from playing.operator import Operator
from playing.types import Vault
from playing.waiting import until, until_ready

pytestmark = pytest.mark.controlplane


def test_a_vaults_way_to_ready_is_seen_in_the_figures(
    api: Api, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    until(lambda: operator.figures().get('mediavault_operator_vaults{phase="Running"}') == 1)
    told = operator.figures()
    assert told["mediavault_operator_leading"] == 1
    assert told["mediavault_operator_reconcile_seconds_count"] > 1
    assert told['mediavault_operator_vault_conditions{status="True",type="Ready"}'] == 1
    assert told['mediavault_operator_api_requests_total{code="201",verb="PATCH"}'] >= 7
    assert not any(name.startswith("mediavault_operator_errors_total") for name in told)
