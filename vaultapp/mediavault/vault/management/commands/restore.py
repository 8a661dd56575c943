"""`manage.py restore`: a snapshot into an empty vault, as the operator's Job does it before the migration.

Exit codes and output are those of `backup`.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand

from mediavault.backup.config import BackupConfig
from mediavault.backup.job import run_job
from mediavault.backup.restic import Restic
from mediavault.backup.restoring import restore_vault


class Command(BaseCommand):
    """Goes on where a killed one was; refuses a vault that has data."""

    help = "Restore database and bytes from BACKUP_REPOSITORY into a vault that has nothing yet."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("snapshot", help="the snapshot's id")

    def handle(self, *args: Any, **options: Any) -> None:
        config = BackupConfig.from_env(os.environ)
        restic = Restic(config, cache=Path(tempfile.gettempdir()) / "mediavault-restore-cache")

        def work(progress: Any) -> dict[str, object]:
            restored = restore_vault(restic, snapshot=options["snapshot"], progress=progress)
            return {
                "snapshot": options["snapshot"],
                "files": restored.files,
                "missing": restored.missing,
            }

        run_job(work)
