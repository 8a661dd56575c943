"""The routes of files, folders and uploads under /api/."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from mediavault.vault.api.archives import FolderZip, Zip
from mediavault.vault.api.files import FileViewSet
from mediavault.vault.api.folders import FolderViewSet
from mediavault.vault.api.raw_uploads import FileContent, NamedUpload
from mediavault.vault.api.uploads import OneUpload, Uploads

router = SimpleRouter()
router.register("files", FileViewSet, basename="file")
router.register("folders", FolderViewSet, basename="folder")
urlpatterns = [
    # Whatever follows is the name: what cannot be one is refused as such, not as an address.
    re_path(r"^upload/(?P<name>(?s:.*))\Z", NamedUpload.as_view(), name="named-upload"),
    re_path(r"^files/(?P<pk>[0-9]{1,19})/content/\Z", FileContent.as_view(), name="file-content"),
    re_path(r"^folders/(?P<pk>[0-9]{1,19})/zip/\Z", FolderZip.as_view(), name="folder-zip"),
    path("zip/", Zip.as_view(), name="zip"),
    path("uploads/", Uploads.as_view(), name="upload-list"),
    path("uploads/<uuid:pk>/", OneUpload.as_view(), name="upload"),
    *router.urls,
]
