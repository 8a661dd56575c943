"""A file that came with a request, and what can be wrong with it."""

from io import BytesIO
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from mediavault.vault.storage.interface import TemporaryObject

FIELD: Final = "file"


class UploadTooLarge(Exception):
    """The upload is larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"An upload may have at most {limit} bytes.")
        self.limit = limit


class UnexpectedFile(Exception):
    """The request carries a file under a field that takes none, or a second one."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The field {field!r} does not take a file here.")
        self.field = field


class UploadedObject(UploadedFile):  # type: ignore[type-arg] # generic only for the type checker
    """A received file: `temporary` holds its bytes. Closing it discards them unless they were published."""

    def __init__(self, temporary: TemporaryObject, *, name: str, content_type: str | None) -> None:
        # The bytes are read through `temporary`; the base class only wants some file to stand for them.
        super().__init__(BytesIO(), name, content_type, temporary.size)
        self.temporary = temporary

    def close(self) -> None:
        """Called by Django at the end of the request."""
        self.temporary.discard()


class RefusingUploadHandler(FileUploadHandler):
    """Takes no file at all: for every route but the one that is meant for uploads."""

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Refuse it before its first byte."""
        raise UnexpectedFile(field_name)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached; the base class asks for it."""

    def file_complete(self, file_size: int) -> None:
        """Never reached; the base class asks for it."""
