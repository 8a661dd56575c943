"""Every address of the app. The health paths are answered before these are looked at."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from mediavault.http.schema_page import page, page_asset

urlpatterns = [
    path("api/auth/", include("mediavault.accounts.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", page, name="schema-page"),
    path("api/docs/<str:name>", page_asset, name="schema-page-asset"),
    path("api/", include("mediavault.vault.api.urls")),
]

handler400 = "mediavault.http.errors.bad_request"
handler403 = "mediavault.http.errors.permission_denied"
handler404 = "mediavault.http.errors.not_found"
handler500 = "mediavault.http.errors.server_error"
