"""The routes of files and folders under /api/."""

from rest_framework.routers import SimpleRouter

from mediavault.vault.api.files import FileViewSet
from mediavault.vault.api.folders import FolderViewSet

router = SimpleRouter()
router.register("files", FileViewSet, basename="file")
router.register("folders", FolderViewSet, basename="folder")
urlpatterns = router.urls
