"""Figures of the whole vault for Prometheus: its files by class, its users and its queue.

They stand in the database, so every replica tells the same. They are counted once a minute at most, and for
no more than a hundredth of the time, however large the vault.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mediavault.accounts.models import User
from mediavault.vault.models import Blob, File, MediaTask, Upload

logger = logging.getLogger(__name__)
FRESH_SECONDS = 60.0
_SHARE = 0.01


class UsageCollector(Collector):
    """Counts when it is asked and its last count is old; without a database it tells nothing."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: list[Metric] = []
        self._until = float("-inf")

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering counts nothing."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The last count, or a new one."""
        with self._lock:
            began = self._clock()
            if began >= self._until:
                self._counted = _count()
                ended = self._clock()
                self._until = ended + max(FRESH_SECONDS, (ended - began) / _SHARE)
            return list(self._counted)


def _count() -> list[Metric]:
    try:
        return [*_files(), *_contents(), *_queue(), *_totals()]
    except DatabaseError as error:
        logger.warning("The vault's use was not counted: %s", error)
        return []
    finally:
        if not connection.in_atomic_block:
            connection.close()  # of a thread that lives for one answer


def _files() -> Iterator[Metric]:
    count = GaugeMetricFamily("mediavault_files", "Files by type group.", labels=["group"])
    size = GaugeMetricFamily("mediavault_file_bytes", "Bytes of files by type group.", labels=["group"])
    groups = File.objects.values_list("type_group").annotate(Count("pk"), Sum("size"))
    for group, files, size_of_all in groups.order_by("type_group"):
        count.add_metric([group], files)
        size.add_metric([group], size_of_all)
    yield count
    yield size


def _contents() -> Iterator[Metric]:
    media = GaugeMetricFamily("mediavault_media", "Contents by how far they were examined.", labels=["state"])
    counted = Blob.objects.values_list("state").annotate(
        all=Count("pk"),
        stored=Sum("size", filter=Q(references__gt=0)),
        pictured=Count("pk", filter=Q(has_thumbnail=True)),
    )
    found = {state: rest for state, *rest in counted.order_by()}
    for state in Blob.State:
        media.add_metric([state], found.get(state, (0,))[0])
    stored = sum(size or 0 for _, size, _ in found.values())
    pictured = sum(with_thumbnail for _, _, with_thumbnail in found.values())
    yield media
    yield _gauge("mediavault_stored_bytes", "Bytes of contents, each counted once for its owner.", stored)
    yield _gauge("mediavault_thumbnails", "Contents that have pictures.", pictured)


def _queue() -> Iterator[Metric]:
    now = timezone.now()
    queue = GaugeMetricFamily("mediavault_queue", "Contents that wait for the worker.", labels=["state"])
    tasks = MediaTask.objects.order_by()
    due = tasks.filter(due_at__lte=now)
    queue.add_metric(["due"], due.count())
    # Claimed or postponed: with a worker now, or to be tried again.
    queue.add_metric(["later"], tasks.filter(due_at__gt=now).count())
    oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
    late = (now - oldest).total_seconds() if oldest else 0.0
    yield queue
    yield _gauge("mediavault_queue_oldest_seconds", "How long the longest waiting one has been due.", late)


def _totals() -> Iterator[Metric]:
    begun = Upload.objects.filter(file=None).aggregate(count=Count("pk"), bytes=Sum("offset"))
    yield _gauge("mediavault_unfinished_uploads", "Uploads that can be resumed.", begun["count"])
    yield _gauge("mediavault_unfinished_upload_bytes", "Bytes of unfinished uploads.", begun["bytes"] or 0)
    yield _gauge("mediavault_users", "Accounts that are open.", User.objects.filter(is_active=True).count())


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
