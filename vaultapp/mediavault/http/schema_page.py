"""/api/docs/: a page to try the API, served whole from the app itself."""

from importlib import resources
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_LIBRARY: Final = "static/drf_spectacular_sidecar/swagger-ui-dist"
_ASSETS: Final = {
    "swagger-ui.css": ("drf_spectacular_sidecar", _LIBRARY, "text/css"),
    "swagger-ui-bundle.js": ("drf_spectacular_sidecar", _LIBRARY, "text/javascript"),
    "start.js": ("mediavault.http", "page", "text/javascript"),
}
# Swagger UI writes style attributes; scripts come from here alone.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The page itself, which loads the API's description."""
    text = resources.files("mediavault.http").joinpath("page", "docs.html").read_text("utf-8")
    return HttpResponse(text, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})


@require_safe
def page_asset(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """One of the page's three files, by its name alone."""
    if name not in _ASSETS:
        raise Http404
    package, folder, content_type = _ASSETS[name]
    content = resources.files(package).joinpath(folder, name).read_bytes()
    headers = {"Content-Type": f"{content_type}; charset=utf-8", "Cache-Control": "public, max-age=3600"}
    return HttpResponse(content, headers=headers)
