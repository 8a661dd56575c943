"""`manage.py work`: the background worker, which examines what uploads left for later."""

import gc
import logging
import os
import signal
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management import BaseCommand
from django.db import connection

from mediavault.vault.worker import Stopping, Worker

HEARTBEAT = "mediavault-worker"


class Command(BaseCommand):
    """Any number may run beside each other; on SIGTERM one gives back what it has not finished."""

    help = "Examine queued media: pictures of films, of pages and of covers, and facts."
    # Checks would load every address and serializer of the web process, which is most of its memory.
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--heartbeat",
            type=Path,
            default=Path(tempfile.gettempdir()) / HEARTBEAT,
            help="file that is touched before every piece of work",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        gc.collect()
        gc.freeze()
        logging.getLogger(__name__).info("The worker starts, as process %s.", os.getpid())
        try:
            Worker(heartbeat=options["heartbeat"]).run()
        finally:
            connection.close()


def _stop(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the handler's signature
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise Stopping
