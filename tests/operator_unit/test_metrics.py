"""What the operator tells Prometheus."""

import urllib.request
from asyncio import to_thread
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from mediavault_operator import metrics
from mediavault_operator.kube import errors
from mediavault_operator.kube.queue import WorkQueue
from mediavault_operator.scraping import scraped

READY = {"type": "Ready", "status": "True"}
STATUSES: list[dict[str, Any]] = [
    {"phase": "Running", "conditions": [READY]},
    {"phase": "Running", "conditions": [READY, {"type": "Degraded", "status": "False"}]},
    {"observedGeneration": -1},
]


class Due:
    """Three keys, the first of them for a second and a half."""

    def depth(self) -> int:
        return 3

    def oldest_age(self) -> float:
        return 1.5


def standing() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(metrics.Standing(queues={"vaults": Due()}, statuses=lambda: iter(STATUSES)))
    return registry


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("mediavault_operator_queue_depth", {"queue": "vaults"}, 3),
        ("mediavault_operator_queue_oldest_seconds", {"queue": "vaults"}, 1.5),
        ("mediavault_operator_vaults", {"phase": "Running"}, 2),
        ("mediavault_operator_vaults", {"phase": "Unseen"}, 1),
        ("mediavault_operator_vault_conditions", {"type": "Ready", "status": "True"}, 2),
        ("mediavault_operator_vault_conditions", {"type": "Degraded", "status": "False"}, 1),
    ],
)
def test_vaults_and_queue_are_told_as_they_stand(name: str, labels: dict[str, str], value: float) -> None:
    assert standing().get_sample_value(name, labels) == value


async def test_prometheus_can_read_what_it_is_answered() -> None:
    port = unused_port()

    def ask() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    async with scraped(port):
        text = await to_thread(ask)
    families = {family.name for family in text_string_to_metric_families(text)}
    assert {
        "mediavault_operator_leading",
        "mediavault_operator_reconcile_seconds",
        "mediavault_operator_errors",
        "mediavault_operator_api_requests",
        "mediavault_operator_watch_restarts",
        "process_resident_memory_bytes",
    } <= families


@pytest.mark.parametrize(
    ("error", "reason"), [(errors.ServerBusy("busy"), "ServerBusy"), (KeyError("a bug"), "Unexpected")]
)
async def test_a_failure_is_counted_by_its_cause(error: Exception, reason: str) -> None:
    def counted() -> float:
        told = metrics.REGISTRY.get_sample_value("mediavault_operator_errors_total", {"reason": reason})
        return told or 0.0

    async def serve(_: str) -> None:
        raise error

    queue: WorkQueue[str] = WorkQueue(serve, workers=1, clock=lambda: 0.0)
    before = counted()
    await queue._serve_one("demo")
    assert counted() == before + 1
