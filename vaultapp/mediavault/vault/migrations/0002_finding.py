"""What PostgreSQL needs for finding that models cannot say: extensions, an index on them, and statistics."""

import logging
from typing import Any

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)
_EXTENSIONS = ("pg_trgm", "btree_gin")
_INDEX = (
    "CREATE INDEX vault_file_by_trigram ON vault_file USING gin (owner_id, name_key gin_trgm_ops)"
    " WITH (fastupdate = off)"
)
# A folder has one owner; without knowing, the planner expects 50 times too few rows of it, and sorts.
_STATISTICS = (
    "CREATE STATISTICS vault_file_owner_and_folder (dependencies, ndistinct) ON owner_id, folder_id"
    " FROM vault_file"
)


def prepare_finding(apps: Any, schema_editor: Any) -> None:
    """Where the role may not make extensions, or the server has none, search works without the index."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_STATISTICS)
        try:
            with transaction.atomic(using=connection.alias):
                for name in _EXTENSIONS:
                    cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
                cursor.execute(_INDEX)
        except DatabaseError:
            logger.warning("Search will read every name: pg_trgm and btree_gin cannot be created.")


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [migrations.RunPython(prepare_finding, migrations.RunPython.noop)]
