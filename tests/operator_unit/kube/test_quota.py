"""A quota with room for one pod: what it refuses beside another, and what it would refuse in its place."""

from typing import Any

import pytest

from mediavault_operator.kube.quota import fits_instead


def pod(requests: dict[str, str] | None = None, limits: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "containers": [{"name": "web", "resources": {"requests": requests or {}, "limits": limits or {}}}]
    }


def refusal(requested: str, used: str, limited: str) -> str:
    return (
        f'pods "demo-next" is forbidden: exceeded quota: small, requested: {requested}, '
        f"used: {used}, limited: {limited}"
    )


SMALL, LARGE, HUGE = pod({"cpu": "500m"}), pod({"cpu": "1500m"}), pod({"cpu": "3"})


@pytest.mark.parametrize(
    ("said", "new", "old", "fits"),
    [
        (refusal("pods=1", "pods=1", "pods=1"), SMALL, SMALL, True),
        (refusal("pods=1", "pods=2", "pods=1"), SMALL, SMALL, False),
        (refusal("requests.cpu=1500m", "requests.cpu=1", "requests.cpu=2"), LARGE, SMALL, True),
        (refusal("cpu=1500m", "cpu=1", "cpu=2"), LARGE, SMALL, True),
        (refusal("requests.cpu=3", "requests.cpu=500m", "requests.cpu=2"), HUGE, SMALL, False),
        (refusal("pods=1,cpu=3", "pods=1,cpu=500m", "pods=1,cpu=2"), HUGE, SMALL, False),
    ],
)  # fmt: skip
def test_what_the_pod_of_before_gives_back_counts(
    said: str, new: dict[str, Any], old: dict[str, Any], fits: bool
) -> None:
    assert fits_instead(said, new, old) is fits


def test_what_is_limited_alone_is_requested_up_to_its_limit() -> None:
    said = refusal("requests.memory=2Gi", "requests.memory=1Gi", "requests.memory=2Gi")
    assert fits_instead(said, pod(limits={"memory": "2Gi"}), pod(limits={"memory": "1Gi"}))


def test_what_a_limit_range_filled_in_counts_as_given_back_only_where_both_leave_it_out() -> None:
    said = refusal("limits.cpu=1", "limits.cpu=1", "limits.cpu=1")
    assert fits_instead(said, pod(), pod())
    assert not fits_instead(said, pod(limits={"cpu": "1"}), pod())


def test_a_container_that_runs_before_the_others_counts_where_it_asks_for_more_than_they_do() -> None:
    said = refusal("cpu=1", "cpu=2", "cpu=2")
    old = {**SMALL, "initContainers": pod({"cpu": "1"})["containers"]}
    assert fits_instead(said, pod({"cpu": "900m"}), old)


@pytest.mark.parametrize(
    "said",
    ["violates PodSecurity", "failed quota: small: must specify cpu", refusal("cpu=?", "cpu=1", "cpu=2")],
)
def test_what_is_no_exceeded_quota_does_not_fit(said: str) -> None:
    assert not fits_instead(said, SMALL, SMALL)
