"""`manage.py sweep`: remove from the store what no file speaks of, and sessions that have expired."""

import time
from typing import Any

from django.core.management import BaseCommand, call_command

from mediavault.vault.actions.sweep_store import sweep_store


class Command(BaseCommand):
    """Safe at any time, as often as wanted."""

    help = "Remove leftovers of killed processes from the store, and expired sessions."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep_store(now=time.time(), with_orphans=True)
        call_command("clearsessions")
        self.stdout.write(
            f"Removed {swept.temporaries} temporaries, {swept.unreferenced} unreferenced blobs"
            f" and {swept.orphans} orphans."
        )
