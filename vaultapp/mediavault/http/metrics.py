"""Figures of this process for Prometheus, served on a port of their own that is never the public one."""

import logging

from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FIELDS = ("application/json", "application/x-www-form-urlencoded", "")

_requests = Histogram(
    "mediavault_request_seconds",
    "Time until the answer began.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
    registry=REGISTRY,
)
_uploads = Counter(
    "mediavault_uploads", "Requests that brought a body of bytes.", ["result"], registry=REGISTRY
)
_upload_bytes = Counter("mediavault_upload_bytes", "Bytes of the bodies that were taken.", registry=REGISTRY)


def count_request(request: HttpRequest, route: str, status: int, seconds: float) -> None:
    """Count a request whose answer begins; there are as many labels as routes, methods and classes."""
    method = request.method if request.method in _METHODS else "other"
    _requests.labels(route, method, f"{status // 100}xx").observe(seconds)
    if method in ("POST", "PUT", "PATCH") and request.content_type not in _FIELDS:
        _uploads.labels(_result(status)).inc()
        if status < 400:
            _upload_bytes.inc(_length(request))


def serve_metrics(port: int, *collectors: Collector) -> None:
    """Answer /metrics in a thread, with what the collectors tell; a port that is taken is only logged."""
    for collector in collectors:
        REGISTRY.register(collector)
    try:
        start_http_server(port, registry=REGISTRY)
    except OSError as error:
        logger.error("No metrics: port %s cannot be had: %s", port, error)


def _result(status: int) -> str:
    if status < 400:
        return "taken"
    return "refused" if status < 500 else "failed"


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdigit() else 0
