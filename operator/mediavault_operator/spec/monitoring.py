"""`monitoring`: whether and how Prometheus Operator is told of the vault's figures."""

from typing import Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.labels import parse_own_labels
from mediavault_operator.spec.model import Monitoring
from mediavault_operator.spec.reading import Reader

INTERVAL: Final = "60s"
INTERVAL_HINT: Final = "a time such as 30s or 2m"


def parse_monitoring(spec: Reader) -> Monitoring | None:
    """The PodMonitor, None where none is asked for; an empty mapping asks for one."""
    section = spec.section("monitoring")
    interval = section.text(
        "interval", pattern=limits.INTERVAL, longest=limits.INTERVAL_MAX, hint=INTERVAL_HINT
    )
    labels = parse_own_labels(section.section("labels"))
    if "monitoring" not in spec:
        return None
    return Monitoring(interval=interval or INTERVAL, labels=labels)
