"""`/livez` says that the process serves, `/readyz` whether a request would find all it needs.

Both answer before any check of host or credentials, as a kubelet knows neither.
"""

import functools
import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import StorageError, StorageFull

logger = logging.getLogger(__name__)
# How long a store that could be written is believed to stay so; each look waits for the disk.
TRUST_SECONDS = 30.0
_writable_until: dict[str, float] = {}


class HealthMiddleware:
    """Answers the two health paths; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/livez":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """200 when every check holds, else 503; the body names each check and, in a word, what is wrong."""
    checks = {"database": check_database(), "migrations": check_migrations(), "storage": check_storage()}
    ready = all(state in ("ok", "full") for state in checks.values())
    body = {"status": "ok" if ready else "unavailable", "checks": checks}
    response = JsonResponse(body, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined] # each check has said why already
    return response


def check_database() -> str:
    """`ok`, or `unreachable`."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("Not ready: the database does not answer: %s", error)
        return "unreachable"
    return "ok"


def check_migrations() -> str:
    """`ok` when all migrations of this release are applied, however many newer ones the database knows."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "unknown"
    missing = [".".join(each) for each in _own_migrations() if each not in applied]
    if missing:
        logger.warning("Not ready: these migrations are missing: %s", ", ".join(sorted(missing)))
        return "missing"
    return "ok"


def check_storage() -> str:
    """`ok`; `full`, which still serves what is there; or `unwritable`."""
    if time.monotonic() < _writable_until.get(settings.MEDIA_ROOT, 0.0):
        return "ok"
    try:
        media_store().check_writable()
    except StorageFull:
        return "full"
    except StorageError as error:
        logger.warning("Not ready: the storage cannot be written: %s", error)
        return "unwritable"
    _writable_until[settings.MEDIA_ROOT] = time.monotonic() + TRUST_SECONDS
    return "ok"


@functools.cache
def _own_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)
