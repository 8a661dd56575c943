"""`manage.py examine`: queue media to be examined again, after a decoder has learned more."""

from typing import Any

from django.core.management import BaseCommand

from mediavault.vault.actions.enqueue_examinations import enqueue_examinations
from mediavault.vault.models import Blob

BATCH = 1000


class Command(BaseCommand):
    """Only queues: what is known of the files stays until the worker comes to them."""

    help = "Queue media to be examined again by the worker."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--failed", action="store_true", help="those whose examination failed")
        which.add_argument("--all", action="store_true", help="all, whatever is known of them")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Blob.objects.filter(references__gt=0)
        if options["failed"]:
            wanted = wanted.filter(state=Blob.State.FAILED)
        blob_ids = wanted.order_by("pk").values_list("pk", flat=True)
        count, last = 0, 0
        while batch := list(blob_ids.filter(pk__gt=last)[:BATCH]):
            count += enqueue_examinations(blob_ids=batch)
            last = batch[-1]
        self.stdout.write(f"Queued {count} files' bytes.")
