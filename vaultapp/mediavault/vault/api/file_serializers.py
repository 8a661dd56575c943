"""A file as the seed shows it."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from mediavault.vault.api.fields import (
    FolderReference,
    MarkField,
    MomentField,
    NameField,
    OnConflictField,
    Sha256Field,
)
from mediavault.vault.api.receiving import check_digests
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


class VaultFileSerializer(serializers.ModelSerializer[File]):
    """Shown: `file` is the address of the bytes.

    Not called File: in the clients that are made of the API's description, that is what bytes are called.
    """

    file = ContentField(read_only=True)
    path = serializers.CharField(read_only=True)
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
        read_only_fields = ["id", "name", "size", "type", "owner", "folder", "is_favorite"]
        validators: list[Any] = []

    def get_thumbnail(self, file: File) -> str | None:
        if not file.has_thumbnail:
            return None
        return reverse("file-thumbnail", kwargs={"pk": file.pk}, request=self.context["request"])


class ToldSha256(Sha256Field):
    """On the way in what the client says of the bytes, on the way out what they have."""

    def get_attribute(self, instance: File) -> str:
        return instance.file.sha256


class WrittenFileSerializer(VaultFileSerializer):
    """What may be said of a file; what the server knows better is ignored when sent."""

    name = NameField(required=False, help_text="Defaults to the upload's own name.")
    folder = FolderReference()
    is_favorite = MarkField(required=False)
    on_conflict = OnConflictField(required=False, write_only=True)

    class Meta(VaultFileSerializer.Meta):
        fields = [*VaultFileSerializer.Meta.fields, "on_conflict"]


class FileCreateSerializer(WrittenFileSerializer):
    """Created: from an upload in `file`, or from bytes that the asker has already, known by `sha256`."""

    file = ContentField(required=False)
    sha256 = ToldSha256(
        required=False,
        help_text="Checked against `file`; without it, the new file gets bytes that you have already.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Some bytes must be told of; those that come must be those that were told of."""
        if "file" in attrs:
            told = {"sha256": attrs["sha256"]} if "sha256" in attrs else {}
            check_digests(attrs["file"].temporary.sha256, told)
        elif "sha256" not in attrs:
            raise serializers.ValidationError({"file": ContentField.default_error_messages["required"]})
        elif "name" not in attrs:
            raise serializers.ValidationError({"name": "Say how the file is to be named."})
        return attrs


class FileUpdateSerializer(WrittenFileSerializer):
    """Changed: every field may be left out, and then stays; `file` brings other bytes."""

    file = ContentField(required=False)
    sha256 = ToldSha256(required=False, help_text="Checked against `file`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The bytes that come must be those that were told of."""
        if told := attrs.get("sha256"):
            if "file" not in attrs:
                raise serializers.ValidationError(
                    {"sha256": "This is checked against a file, and none came."}
                )
            check_digests(attrs["file"].temporary.sha256, {"sha256": told})
        return attrs


class FileAgainSerializer(FileCreateSerializer):
    """Created, as JSON can say it: from bytes that the asker has already."""

    file = None  # type: ignore[assignment]
    name = NameField()
    sha256 = ToldSha256(help_text="Of bytes that you have already.")

    class Meta(FileCreateSerializer.Meta):
        fields = ["name", "folder", "is_favorite", "sha256", "on_conflict"]


class FileChangeSerializer(FileUpdateSerializer):
    """Changed, as JSON can say it: all but the bytes."""

    file = None  # type: ignore[assignment]
    sha256 = None  # type: ignore[assignment]

    class Meta(FileUpdateSerializer.Meta):
        fields = ["name", "folder", "is_favorite", "on_conflict"]


class CheckedBytes(serializers.Serializer[Any]):
    """What the address of a raw upload may say of its bytes."""

    sha256 = Sha256Field(required=False, help_text="Checked against the bytes.")


class ToldOfFile(CheckedBytes):
    """What the query of a raw upload may say of the file."""

    folder = FolderReference(help_text="Id of a folder of yours; none means the root.")
    on_conflict = OnConflictField(required=False)
    favorite = serializers.BooleanField(
        source="is_favorite", required=False, help_text="Mark the file as a favourite."
    )


class WrittenFile(ToldOfFile):
    """What the whole address of a raw upload says of the file."""

    name = NameField()
