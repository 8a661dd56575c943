"""/api/events/: what happens to the asker's files, as it happens, by server-sent events."""

import json
import logging
import time
from collections.abc import Iterator
from typing import Any, Final

from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from mediavault.accounts.models import User
from mediavault.database.release import release_connection
from mediavault.http.errors import problem_response
from mediavault.http.schema import problems
from mediavault.http.shutdown import STOPPING
from mediavault.vault.announcer import ANNOUNCER, TooManyListeners
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.negotiation import AsItIs
from mediavault.vault.models import Blob, File, Ledger

logger = logging.getLogger(__name__)
# Then the client connects again, by its credentials of then and to a replica of then.
LISTEN_SECONDS = 300.0
# How soon a revoked token ends the stream, and how often a quiet one shows that it lives.
CHECK_SECONDS = 4.0
RETRY_SECONDS: Final = 3
# Of more files at once the client learns by the change alone.
MOST_MEDIA_EVENTS: Final = 100
_LARGEST: Final = 2**63 - 1


class Event(serializers.Serializer[Any]):
    """An event as it stands in the stream; `data` is JSON."""

    id = serializers.CharField(required=False)
    event = serializers.ChoiceField(choices=["change", "media"])
    data = serializers.CharField()  # type: ignore[assignment]


class EventsView(APIView):
    """The asker's events."""

    http_method_names = ["get"]
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="events",
        parameters=[
            OpenApiParameter(
                "Last-Event-ID",
                {"type": "integer", "format": "int64", "minimum": 0},
                OpenApiParameter.HEADER,
                description="The id of the last event that was received: a revision, from which to go on.",
            )
        ],
        responses={(200, "text/event-stream"): Event, **problems(400, 401, 503)},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """`change` events with the vault's revision, and `media` events with the state of changed files."""
        after = _last_event(request)
        try:
            stream = EventStream(request, after=after)
        except TooManyListeners:
            return _too_many()
        response = StreamingHttpResponse(stream, content_type="text/event-stream; charset=utf-8")
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response


class EventStream:
    """The events of one client, until it leaves, its credentials or its time end, or the process stops."""

    def __init__(self, request: Request, *, after: int | None) -> None:
        """`after` is the revision the client knows; raises TooManyListeners."""
        self._owner_id = owner_id(request)
        self._credentials = Credentials(request)
        self._after = after
        ANNOUNCER.join(self._owner_id)

    def close(self) -> None:
        """Called by the server once the client is served or gone."""
        ANNOUNCER.leave(self._owner_id)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._events()
        except (OperationalError, InterfaceError) as error:
            # The client connects again, and goes on where it was.
            logger.warning("A stream of events ends: %s", error)

    def _events(self) -> Iterator[bytes]:
        yield f"retry: {RETRY_SECONDS * 1000}\n\n".encode()
        revision = _revision(self._owner_id)
        known = self._after if self._after is not None and self._after <= revision else None
        if known is None:
            yield _event("change", {"revision": revision}, revision)
            known = revision
        until = time.monotonic() + LISTEN_SECONDS
        while time.monotonic() < until and not STOPPING.is_set():
            revision = ANNOUNCER.wait(self._owner_id, after=known, seconds=CHECK_SECONDS)
            if not self._credentials.hold():
                return
            yield from self._told(known, revision) if revision > known else [b":\n\n"]
            known = revision

    def _told(self, known: int, revision: int) -> Iterator[bytes]:
        for file_id, state in _examined(self._owner_id, known, revision):
            yield _event("media", {"file": file_id, "state": state})
        # Last and with the id: who loses the connection before it is told all of it again.
        yield _event("change", {"revision": revision}, revision)


class Credentials:
    """What let the client in, to be asked for again."""

    def __init__(self, request: Request) -> None:
        self._user_id = owner_id(request)
        self._token = request.auth.pk if isinstance(request.auth, Token) else None
        self._session = request._request.session.session_key

    def hold(self) -> bool:
        """Whether they would let the client in now."""
        if self._token is not None:
            own = Token.objects.filter(pk=self._token, user__is_active=True).exists()
        else:
            now = timezone.now()
            own = Session.objects.filter(session_key=self._session, expire_date__gt=now).exists()
            own = own and User.objects.filter(pk=self._user_id, is_active=True).exists()
        release_connection()
        return own


def _last_event(request: Request) -> int | None:
    told = request.headers.get("Last-Event-ID", "")
    if not told:
        return None
    if not (told.isascii() and told.isdigit()) or int(told) > _LARGEST:
        raise ValidationError({"Last-Event-ID": ["Send the id of an event: a whole number."]})
    return int(told)


def _revision(of: int) -> int:
    found = Ledger.objects.filter(owner_id=of).values_list("revision", flat=True).first()
    release_connection()
    return found or 0


def _examined(of: int, known: int, revision: int) -> list[tuple[int, str]]:
    changed = File.objects.filter(owner_id=of, revision__gt=known, revision__lte=revision)
    media = changed.exclude(file__state=Blob.State.UNSUPPORTED).order_by("revision", "pk")
    found = list(media.values_list("pk", "file__state")[:MOST_MEDIA_EVENTS])
    release_connection()
    return found


def _event(name: str, data: dict[str, Any], event_id: int | None = None) -> bytes:
    told = f"id: {event_id}\n" if event_id is not None else ""
    return f"{told}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _too_many() -> HttpResponseBase:
    response = problem_response(
        status=503,
        type="too-many-listeners",
        detail="As many clients listen to events as this server can serve; try again in a moment.",
    )
    response["Retry-After"] = "30"
    return response
