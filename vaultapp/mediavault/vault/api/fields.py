"""Fields that files and folders share."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mediavault.http.digests import SHA256_PATTERN, InvalidDigest, from_hexadecimal
from mediavault.vault import paths
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.models import Folder


class NameField(serializers.CharField):
    """A name as the vault keeps it: NFC, within its rules."""

    default_error_messages = {"blank": "A name must not be empty."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=paths.MAX_NAME_BYTES, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        try:
            return paths.clean_name(text)
        except paths.InvalidName as error:
            raise serializers.ValidationError(str(error)) from error


class FolderReference(serializers.PrimaryKeyRelatedField[Folder]):
    """One of the asker's folders, or null for the root; a foreign id is as unknown as one that never was."""

    default_error_messages = {
        "does_not_exist": "No folder of yours has the id {pk_value}.",
        "incorrect_type": "Give the id of a folder as a number, or null for the root.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Folder.objects.none(),
            pk_field=_FolderId(),
            allow_null=True,
            **{"required": False, **kwargs},
        )

    def get_queryset(self) -> Any:
        return Folder.objects.visible_to(self.context["request"].user)


class _FolderId(serializers.IntegerField):
    """Says of a text that is no number what a folder reference is, not what an integer is."""

    default_error_messages = {
        "invalid": "Give the id of a folder as a number, or null for the root.",
        "max_string_length": "Give the id of a folder as a number, or null for the root.",
    }


class MarkField(serializers.BooleanField):
    """A boolean that an absent form field leaves as it is."""

    default_empty_html = serializers.empty


class MomentField(serializers.DateTimeField):
    """A time as the server shows it: in UTC and with six digits, as lists have it from the database."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: datetime) -> str:
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


@extend_schema_field({"type": "string", "pattern": SHA256_PATTERN})
class Sha256Field(serializers.CharField):
    """A SHA-256 as hexadecimal text; what is checked against the bytes or finds them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return from_hexadecimal(super().to_internal_value(data), field=self.field_name or "sha256")
        except InvalidDigest as error:
            raise serializers.ValidationError(str(error)) from error


class OnConflictField(serializers.ChoiceField):
    """What is to happen where the name is taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[(each.value, each.value) for each in OnConflict],
            help_text="Where the name is taken: fail (the default) is 409, rename takes the next free number,"
            " replace takes the place of the file that has it; folders never give way.",
            **kwargs,
        )

    def to_internal_value(self, data: Any) -> OnConflict:
        return OnConflict(super().to_internal_value(data))
