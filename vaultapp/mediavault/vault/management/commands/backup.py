"""`manage.py backup`: one verified snapshot of the vault, as the operator's Job takes it.

Exit codes: 0 done, 1 it failed and may work later, 2 somebody has to change something, 3 the database is
unreachable. Progress goes to stdout; the last line is one JSON object for the operator.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand

from mediavault.backup.config import BackupConfig
from mediavault.backup.job import run_job
from mediavault.backup.restic import Restic, Retention
from mediavault.backup.taking import ON_DEMAND, SCHEDULED, take_backup

RULES = ("last", "daily", "weekly", "monthly")


class Command(BaseCommand):
    """May run while the vault serves; two at once only take turns at the end."""

    help = "Take an encrypted snapshot of database and bytes into BACKUP_REPOSITORY, and check it."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--scheduled", action="store_true", help="subject to the retention below")
        for rule in RULES:
            parser.add_argument(f"--keep-{rule}", type=int, default=0, help="scheduled snapshots that stay")
        scratch = Path(tempfile.gettempdir()) / "mediavault-backup"
        parser.add_argument("--scratch", type=Path, default=scratch, help="folder for the dump, always one")

    def handle(self, *args: Any, **options: Any) -> None:
        config = BackupConfig.from_env(os.environ)
        scratch: Path = options["scratch"]
        restic = Restic(config, cache=scratch.with_name(f"{scratch.name}-cache"))
        retention = Retention(**{rule: options[f"keep_{rule}"] for rule in RULES})

        def work(progress: Any) -> dict[str, object]:
            taken = take_backup(
                restic,
                scratch=scratch,
                tag=SCHEDULED if options["scheduled"] else ON_DEMAND,
                retention=retention,
                progress=progress,
            )
            return {
                "snapshot": taken.snapshot.id,
                "size": taken.snapshot.size,
                "added": taken.snapshot.added,
                "files": taken.files,
                "missing": taken.missing,
                "kept": " ".join(taken.kept),
            }

        run_job(work)
