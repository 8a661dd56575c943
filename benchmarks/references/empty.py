"""An empty Django project in one module: one view that says ok."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="the reference of a benchmark signs nothing", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__
)


def ok(_: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("ok")


urlpatterns = [path("livez", ok)]
application = get_wsgi_application()
