"""The routes of files, folders, uploads and events under /api/."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from mediavault.vault.api.archives import FolderZip, Zip
from mediavault.vault.api.bulk import BulkCopy, BulkDelete, BulkFavorite, BulkMove
from mediavault.vault.api.changes import Changes
from mediavault.vault.api.contents import Contents
from mediavault.vault.api.copies import FileCopy, FolderCopy
from mediavault.vault.api.events import EventsView
from mediavault.vault.api.favorites import FileFavorite
from mediavault.vault.api.files import FileViewSet
from mediavault.vault.api.folders import FolderViewSet
from mediavault.vault.api.raw_uploads import FileContent, NamedUpload
from mediavault.vault.api.uploads import OneUpload, Uploads

router = SimpleRouter()
router.register("files", FileViewSet, basename="file")
router.register("folders", FolderViewSet, basename="folder")
urlpatterns = [
    *router.urls,
    # Whatever follows is the name: what cannot be one is refused as such, not as an address.
    re_path(r"^upload/(?P<name>(?s:.*))\Z", NamedUpload.as_view(), name="named-upload"),
    re_path(r"^files/(?P<pk>[0-9]{1,19})/copy/\Z", FileCopy.as_view(), name="file-copy"),
    re_path(r"^files/(?P<pk>[0-9]{1,19})/favorite/\Z", FileFavorite.as_view(), name="file-favorite"),
    re_path(r"^folders/(?P<pk>[0-9]{1,19})/copy/\Z", FolderCopy.as_view(), name="folder-copy"),
    path("bulk/move/", BulkMove.as_view(), name="bulk-move"),
    path("bulk/copy/", BulkCopy.as_view(), name="bulk-copy"),
    path("bulk/delete/", BulkDelete.as_view(), name="bulk-delete"),
    path("bulk/favorite/", BulkFavorite.as_view(), name="bulk-favorite"),
    re_path(r"^files/(?P<pk>[0-9]{1,19})/content/\Z", FileContent.as_view(), name="file-content"),
    re_path(r"^folders/(?P<pk>[0-9]{1,19})/zip/\Z", FolderZip.as_view(), name="folder-zip"),
    re_path(
        r"^folders/(?P<pk>root|[0-9]{1,19})/contents/\Z",
        Contents.as_view({"get": "list"}),
        name="folder-contents",
    ),
    path("zip/", Zip.as_view(), name="zip"),
    path("events/", EventsView.as_view(), name="events"),
    path("changes/", Changes.as_view(), name="change-list"),
    path("uploads/", Uploads.as_view(), name="upload-list"),
    path("uploads/<uuid:pk>/", OneUpload.as_view(), name="upload"),
]
