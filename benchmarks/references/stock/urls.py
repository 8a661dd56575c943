"""The routes of the stock project."""

from django.urls import path

from benchmarks.references.stock.views import FileList, upload

urlpatterns = [path("files/", FileList.as_view()), path("upload/", upload)]
