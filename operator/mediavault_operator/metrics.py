"""Figures of this operator for Prometheus. None is told by vault: their number has no bound."""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

leading: Final = Gauge(
    "mediavault_operator_leading", "1 where this pod works, 0 where it stands by.", registry=REGISTRY
)
reconciles: Final = Histogram(
    "mediavault_operator_reconcile_seconds",
    "Time that one look at a vault took, with everything written in it.",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
    registry=REGISTRY,
)
errors: Final = Counter(
    "mediavault_operator_errors", "Looks at a vault that failed, by cause.", ["reason"], registry=REGISTRY
)
requests: Final = Counter(
    "mediavault_operator_api_requests",
    "Requests to the API server; the code is none where no answer came.",
    ["verb", "code"],
    registry=REGISTRY,
)
watch_restarts: Final = Counter(
    "mediavault_operator_watch_restarts",
    "Watches that began anew, by kind and by what ended them.",
    ["kind", "reason"],
    registry=REGISTRY,
)


class Queue(Protocol):
    """What is due."""

    def depth(self) -> int:
        """How much of it there is."""

    def oldest_age(self) -> float:
        """Seconds for which the oldest has been due."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing(Collector):
    """What is the case at the moment of asking: the queues by name, and the vaults by their statuses."""

    queues: Mapping[str, Queue]
    statuses: Callable[[], Iterable[Mapping[str, Any]]]

    def collect(self) -> Iterator[Metric]:
        """Each figure once."""
        yield _counted(
            "mediavault_operator_queue_depth",
            "What is due or being served.",
            ("queue",),
            {name: queue.depth() for name, queue in self.queues.items()},
        )
        yield _counted(
            "mediavault_operator_queue_oldest_seconds",
            "Time for which the oldest of it has been due.",
            ("queue",),
            {name: queue.oldest_age() for name, queue in self.queues.items()},
        )
        phases: Tally[str] = Tally()
        conditions: Tally[tuple[str, str]] = Tally()
        for status in self.statuses():
            phases[str(status.get("phase") or "Unseen")] += 1
            conditions.update((each["type"], each["status"]) for each in status.get("conditions") or ())
        yield _counted("mediavault_operator_vaults", "Vaults by phase.", ("phase",), phases)
        yield _counted(
            "mediavault_operator_vault_conditions",
            "Vaults by type and status of condition.",
            ("type", "status"),
            conditions,
        )


def _counted(name: str, text: str, labels: tuple[str, ...], tally: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in sorted(tally.items()):
        family.add_metric((values,) if isinstance(values, str) else values, number)
    return family
