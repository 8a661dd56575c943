"""A folder as the seed shows it."""

from typing import Any

from rest_framework import serializers

from mediavault.vault.api.fields import FolderReference, MomentField, NameField, OnConflictField
from mediavault.vault.models import Folder


class FolderSerializer(serializers.ModelSerializer[Folder]):
    """Shown."""

    path = serializers.CharField(read_only=True)
    created_at = MomentField()
    updated_at = MomentField()

    class Meta:
        model = Folder
        fields = ["id", "name", "path", "created_at", "updated_at", "owner", "parent_folder"]
        read_only_fields = ["id", "name", "owner", "parent_folder"]
        validators: list[Any] = []


class WrittenFolder(FolderSerializer):
    """Created or changed; `path`, `owner` and the times are the server's to say."""

    name = NameField()
    parent_folder = FolderReference()

    on_conflict = OnConflictField(required=False, write_only=True)

    class Meta(FolderSerializer.Meta):
        fields = [*FolderSerializer.Meta.fields, "on_conflict"]
