"""`manage.py prepare`: what the operator runs before a release serves: migrate, then the declared accounts.

Exit codes: 0 done, 1 the migration failed, 2 the configuration is wrong, 3 the database is unreachable, 4 the
store cannot be written, 5 the database is of a release too far from this one. The last line of output is one
JSON object for the operator.
"""

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, connection

from mediavault import __version__
from mediavault.accounts.declared import Declared, bring_accounts
from mediavault.outcome import report
from mediavault.preparation.database import (
    DatabaseUnreachable,
    apply_migrations,
    preparation_lock,
    wait_for_database,
)
from mediavault.preparation.embedded import migrate_embedded
from mediavault.preparation.releases import (
    ReleaseUnsupported,
    known_releases,
    record_release,
    refuse_unsupported,
)
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import StorageUnavailable
from mediavault.vault.storage.readiness import wait_until_writable

MIGRATION_FAILED = 1
DATABASE_UNREACHABLE = 3
STORE_UNUSABLE = 4
RELEASE_UNSUPPORTED = 5
PATIENCE_SECONDS = 60.0


class Command(BaseCommand):
    """Safe to run again at any time, and by several at once."""

    help = "Migrate the database and bring accounts to what ADMIN_* and USERS say."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=PATIENCE_SECONDS,
            help="seconds to wait for the database or its folder",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        declared = Declared.from_env(os.environ)
        try:
            applied = _prepare(declared, patience=options["wait"])
        except StorageUnavailable as error:
            _fail(STORE_UNUSABLE, str(error))
        except DatabaseUnreachable as error:
            _fail(DATABASE_UNREACHABLE, f"The database cannot be reached: {error}")
        except ReleaseUnsupported as error:
            _fail(RELEASE_UNSUPPORTED, str(error))
        except (DatabaseError, sqlite3.Error, CommandError, OSError) as error:
            _fail(MIGRATION_FAILED, f"The migration failed: {' '.join(str(error).split())}")
        report({"version": __version__, "applied": applied, "newest": known_releases().newest})


def _prepare(declared: Declared, *, patience: float) -> int:
    embedded = connection.vendor == "sqlite"
    if not embedded:
        wait_for_database(seconds=patience)
    if settings.S3 is not None:
        wait_until_writable(media_store())
    elif embedded:
        wait_until_writable(media_store(), patience=patience)
    call_command("check", databases=None if embedded else ["default"], stdout=sys.stderr)
    with preparation_lock():
        if not embedded or Path(str(connection.settings_dict["NAME"])).exists():
            refuse_unsupported(__version__, known_releases())
        applied = migrate_embedded() if embedded else apply_migrations()
        record_release(__version__)
        bring_accounts(declared)
    return applied


def _fail(code: int, sentence: str) -> None:
    report({"error": sentence})
    sys.exit(code)
