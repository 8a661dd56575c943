"""A small app around the parts that move bytes, for a real gunicorn to serve in these tests."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import path

settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["mediavault.http.draining.DrainUnreadBody", "django.middleware.common.CommonMiddleware"],
    MEDIA_ROOT=os.environ["MEDIA_ROOT"],
    S3=None,
    MAX_UPLOAD_SIZE=int(os.environ["MAX_UPLOAD_SIZE"]),
    FILE_UPLOAD_MAX_MEMORY_SIZE=100 * 1024 * 1024,
    DATABASES={},
)
django.setup()

from rest_framework.request import Request  # noqa: E402 the settings come first

from mediavault.http import bodies, threads  # noqa: E402
from mediavault.http.bodies import body_chunks  # noqa: E402
from mediavault.http.delivery import Representation, deliver  # noqa: E402
from mediavault.http.multipart import UploadParser  # noqa: E402
from mediavault.vault.storage import uploads  # noqa: E402
from mediavault.vault.storage.current import media_store  # noqa: E402
from mediavault.vault.storage.interface import TemporaryObject  # noqa: E402
from mediavault.vault.storage.keys import blob_key  # noqa: E402

threads.SILENCE_SECONDS = 3.0
threads.HEADERS_SECONDS = 1.0
bodies.GRACE_SECONDS = 3.0
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def show(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The object of owner 1 with this hash, as a film."""
    film = Representation(
        key=blob_key(1, sha256),
        size=None,
        content_type="video/mp4",
        etag=sha256,
        last_modified=MOMENT,
        filename="film.mp4",
    )
    return deliver(request, film, inline=True)


def upload(request: HttpRequest) -> HttpResponse:
    """Take the file of a multipart body as an object of owner 1."""
    return _stored(request, _of_form)


def put(request: HttpRequest) -> HttpResponse:
    """Take the body as an object of owner 1."""
    return _stored(request, _whole)


def _stored(request: HttpRequest, receive: Callable[[HttpRequest], TemporaryObject]) -> HttpResponse:
    try:
        temporary = receive(request)
    except uploads.UploadTooLarge as error:
        return JsonResponse({"limit": error.limit}, status=413)
    except UnreadablePostError:
        return JsonResponse({}, status=408)
    media_store().publish(temporary, key=blob_key(1, temporary.sha256))
    return JsonResponse({"sha256": temporary.sha256, "size": temporary.size}, status=201)


def _of_form(request: HttpRequest) -> TemporaryObject:
    parsed = Request(request, parsers=[UploadParser()])
    uploaded = parsed.FILES["file"]
    assert isinstance(uploaded, uploads.UploadedObject)
    return uploaded.temporary


def _whole(request: HttpRequest) -> TemporaryObject:
    temporary = media_store().create_temporary()
    try:
        for chunk in body_chunks(request):
            temporary.write(chunk)
        temporary.finish()
    except BaseException:
        temporary.discard()
        raise
    return temporary


def refuse(request: HttpRequest) -> HttpResponse:
    """Say no without looking at the body."""
    return JsonResponse({}, status=401)


def read(request: HttpRequest) -> HttpResponse:
    """Look at a body that is no form."""
    return HttpResponse(str(len(request.body)))


def pid(request: HttpRequest) -> HttpResponse:
    """The worker that answers."""
    return HttpResponse(str(os.getpid()))


urlpatterns = [
    path("show/<sha256>", show),
    path("upload", upload),
    path("put", put),
    path("refuse", refuse),
    path("read", read),
    path("pid", pid),
]
application = get_wsgi_application()
