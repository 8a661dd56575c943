"""An upload under way as the API shows it, and what a client may say of the file to be."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from mediavault.vault.api.fields import FolderReference, NameField, OnConflictField, Sha256Field
from mediavault.vault.models import Upload


class UploadMetadata(serializers.Serializer[Any]):
    """The keys of Upload-Metadata; others are passed over, as what a client may say of the type."""

    filename = NameField(source="name")
    folder = FolderReference()
    is_favorite = serializers.BooleanField(required=False)
    on_conflict = OnConflictField(required=False)
    sha256 = Sha256Field(required=False)

    def to_internal_value(self, data: Any) -> Any:
        """A value that is left empty says nothing; some clients call the name `name`."""
        told = {key: value for key, value in data.items() if value}
        return super().to_internal_value({"filename": told.get("name", ""), **told})


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """What is known of an upload; `file` is the id of what it became."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            "id",
            "url",
            "name",
            "folder",
            "is_favorite",
            "on_conflict",
            "length",
            "offset",
            "file",
            "created_at",
            "expires_at",
        ]
        read_only_fields = fields

    def get_url(self, upload: Upload) -> str:
        return reverse("upload", kwargs={"pk": upload.pk}, request=self.context["request"])
