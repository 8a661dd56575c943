"""Multipart uploads, streamed straight into the store: no byte waits in memory or in a second file."""

from io import BytesIO
from typing import Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.interface import TemporaryObject

FIELD: Final = "file"

# What the other fields and the multipart framing may add to the size of the file itself.
_FRAMING_SLACK: Final = 1024 * 1024
_LARGEST_CHUNK: Final = 64 * 1024


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


class ObjectUploadHandler(FileUploadHandler):
    """Takes the one field `file` into a temporary object, bounded by MAX_UPLOAD_SIZE."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.chunk_size = max(1, min(_LARGEST_CHUNK, settings.FILE_UPLOAD_MAX_MEMORY_SIZE))
        self.temporary: TemporaryObject | None = None

    def handle_raw_input(  # the base class's signature
        self,
        input_data: Any,  # noqa: ARG002
        META: dict[str, Any],  # noqa: ARG002, N803
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: Any = None,  # noqa: ARG002
    ) -> None:
        """Refuse by its declared length what cannot fit, before a byte is read."""
        if content_length > settings.MAX_UPLOAD_SIZE + _FRAMING_SLACK:
            raise UploadTooLarge(settings.MAX_UPLOAD_SIZE)

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin the object, where this is the file that is expected."""
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self.temporary:
            self._give_up()
            raise UnexpectedFile(field_name)
        self.temporary = media_store().create_temporary()
        self._discard_with_request()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Store a chunk; whatever goes wrong leaves nothing behind."""
        temporary = cast(TemporaryObject, self.temporary)
        try:
            if start + len(raw_data) > settings.MAX_UPLOAD_SIZE:
                raise UploadTooLarge(settings.MAX_UPLOAD_SIZE)
            temporary.write(raw_data)
        except BaseException:
            self._give_up()
            raise

    def file_complete(self, file_size: int) -> UploadedObject:  # noqa: ARG002
        """Bring the object to the disk and hand it over."""
        temporary = cast(TemporaryObject, self.temporary)
        try:
            temporary.finish()
        except BaseException:
            self._give_up()
            raise
        return UploadedObject(temporary, name=self.file_name or "", content_type=self.content_type)

    def upload_interrupted(self) -> None:
        """The client went away, or the body ended early."""
        self._give_up()

    def _discard_with_request(self) -> None:
        # The parser tells no handler when it stops at a broken body, or when the client falls silent.
        request = self.request
        if request is None:
            return
        close = request.close

        def close_all() -> None:
            self._give_up()
            close()

        request.close = close_all  # type: ignore[method-assign]

    def _give_up(self) -> None:
        if self.temporary:
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
