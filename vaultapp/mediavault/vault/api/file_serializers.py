"""A file as the seed shows it."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from mediavault.vault.api.fields import FolderReference, MarkField, MomentField, NameField
from mediavault.vault.models import Blob, File
from mediavault.vault.storage.uploads import UploadedObject


class ContentField(serializers.FileField):
    """Takes an upload; shows the address that gives the bytes back."""

    default_error_messages = {
        "invalid": "Send the bytes as multipart/form-data; with curl: -F file=@NAME, the @ included.",
        "required": "Send a file, as multipart/form-data; with curl: -F file=@NAME.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def get_attribute(self, instance: File) -> Any:
        return instance

    def to_internal_value(self, data: Any) -> UploadedObject:
        if not isinstance(data, UploadedObject):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> str:
        return reverse("file-download", kwargs={"pk": value.pk}, request=self.context["request"])


class FileSerializer(serializers.ModelSerializer[File]):
    """Read and created: `file` is the upload on the way in, and the address of the bytes on the way out.

    What the server knows better, `size`, `type`, `path`, `owner` and the times, is ignored when sent.
    """

    name = NameField(required=False, help_text="Defaults to the upload's own name.")
    file = ContentField()
    path = serializers.CharField(read_only=True)
    folder = FolderReference()
    is_favorite = MarkField(required=False)
    thumbnail = serializers.SerializerMethodField()
    created_at = MomentField()
    updated_at = MomentField()
    taken_at = MomentField(allow_null=True, help_text="When the picture was taken, where it says so.")
    sha256 = serializers.CharField(source="file.sha256", read_only=True, help_text="Of the bytes.")
    state = serializers.ChoiceField(
        source="file.state",
        choices=Blob.State.choices,
        read_only=True,
        help_text="How far the media were examined.",
    )
    reason = serializers.CharField(
        source="file.reason", read_only=True, help_text="Why the examination came to nothing."
    )
    media = serializers.DictField(
        source="file.facts", read_only=True, help_text="What was found in the media."
    )

    class Meta:
        model = File
        fields = [
            "id",
            "name",
            "file",
            "size",
            "type",
            "path",
            "created_at",
            "updated_at",
            "owner",
            "folder",
            "is_favorite",
            "thumbnail",
            "taken_at",
            "sha256",
            "state",
            "reason",
            "media",
        ]
        read_only_fields = ["id", "size", "type", "owner"]
        validators: list[Any] = []

    def get_thumbnail(self, file: File) -> str | None:
        if not file.has_thumbnail:
            return None
        return reverse("file-thumbnail", kwargs={"pk": file.pk}, request=self.context["request"])


class FileUpdateSerializer(FileSerializer):
    """Changed: every field may be left out, and then stays; `file` brings other bytes."""

    file = ContentField(required=False)
