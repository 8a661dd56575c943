"""multipart/form-data with one file, streamed into the store: no byte waits in memory or in a second file."""

import mmap
from collections.abc import Mapping
from typing import IO, Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from multipart import MultipartError, MultipartSegment, PushMultipartParser  # type: ignore[import-untyped]
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles

from mediavault.http.bodies import LARGEST_BUFFER, body_buffer, body_chunks, body_length
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.interface import Chunk, TemporaryObject
from mediavault.vault.storage.uploads import FIELD, UnexpectedFile, UploadedObject, UploadTooLarge

# What the other fields and the framing may add to the size of the file itself.
_FRAMING_SLACK: Final = 1024 * 1024
_PLAIN_ENCODINGS: Final = ("", "7bit", "8bit", "binary")


class UploadParser(BaseParser):
    """Gives fields as Django does, and the file of the field `file` as an UploadedObject."""

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: IO[Any],  # noqa: ARG002 - the base class's signature
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[QueryDict, MultiValueDict[str, UploadedObject]]":
        """Fields and file; the request must have been let in, as bytes are stored from here on."""
        request = (parser_context or {})["request"]._request
        form = _Form()
        try:
            with _parser(request, media_type or "") as parser:
                _fill(form, request, parser)
        except MultipartError as error:
            form.discard()
            raise ParseError(f"The multipart body cannot be read: {error}.") from error
        except BaseException:
            form.discard()
            raise
        return DataAndFiles(form.fields, form.files)


def _parser(request: HttpRequest, media_type: str) -> PushMultipartParser:
    """The parser of a body that may fit; refused by its declared length before a byte is read."""
    length = body_length(request) or 0
    if length > settings.MAX_UPLOAD_SIZE + _FRAMING_SLACK:
        raise UploadTooLarge(settings.MAX_UPLOAD_SIZE)
    boundary = parse_header_parameters(media_type)[1].get("boundary", "")
    return PushMultipartParser(boundary, content_length=length, header_charset="utf-8")


def _fill(form: "_Form", request: HttpRequest, parser: PushMultipartParser) -> None:
    """Take the body into the form.

    What of a file is far from any boundary is taken as it is: the parser would copy it. None of it may be
    kept back in the parser then.
    """
    buffer, boundary = body_buffer(request), b"\r\n--" + parser.boundary
    for chunk in body_chunks(request, buffer=buffer, at_most=form.room):
        if form.is_in_file and not parser._buffer and not _touches(buffer, len(chunk), boundary):
            form.take(chunk)
        else:
            for event in parser.parse(bytes(chunk)):
                form.take(event)


def _touches(buffer: mmap.mmap, size: int, boundary: bytes) -> bool:
    """Whether the boundary stands in the first so many bytes, or may begin there."""
    if buffer.find(boundary, 0, size) >= 0:
        return True
    last = buffer.rfind(b"\r", max(0, size - len(boundary)), size)
    return last >= 0 and boundary.startswith(buffer[last:size])


class _Form:
    """What has arrived of a form, part by part."""

    def __init__(self) -> None:
        self.fields = QueryDict(mutable=True)
        self.files: MultiValueDict[str, UploadedObject] = MultiValueDict()
        self._part: _Field | _File | None = None
        self._sizes = 0
        self._count = 0

    @property
    def is_in_file(self) -> bool:
        """Whether the bytes that come next are a file's."""
        return isinstance(self._part, _File)

    def room(self) -> int:
        """How many bytes to read next: up to the end of a page of the file, then whole pages of it."""
        size = self._part.temporary.size if isinstance(self._part, _File) else 0
        return -size % mmap.PAGESIZE or LARGEST_BUFFER

    def take(self, event: MultipartSegment | Chunk | None) -> None:
        """The head of a part, some of its bytes, or (None) its end."""
        if isinstance(event, MultipartSegment):
            self._part = self._begin(event)
        elif event is None:
            self._end()
        elif isinstance(self._part, _File):
            self._part.write(event)
        elif self._part is not None:
            self._count_bytes(len(event))
            self._part.value += event

    def discard(self) -> None:
        """Keep no file."""
        for part in (self._part, *self.files.values()):
            if isinstance(part, _File | UploadedObject):
                part.temporary.discard()

    def _begin(self, segment: MultipartSegment) -> "_Field | _File | None":
        encoding = segment.header("Content-Transfer-Encoding", "")
        if encoding.strip().lower() not in _PLAIN_ENCODINGS:
            raise ParseError(
                "A part is encoded; send the bytes as they are, without Content-Transfer-Encoding."
            )
        filename = _filename(segment)
        if filename is None:
            return self._begin_field(segment.name or "")
        if not (name := _without_path(filename)):
            return None  # what a browser sends of a form where no file was chosen
        if segment.name != FIELD or self.files:
            raise UnexpectedFile(segment.name or "")
        return _File(media_store().create_temporary(), name, segment.content_type)

    def _begin_field(self, name: str) -> "_Field":
        self._count += 1
        if self._count > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise TooManyFieldsSent("The form has too many fields.")
        self._count_bytes(len(name))
        return _Field(name)

    def _end(self) -> None:
        part, self._part = self._part, None
        if isinstance(part, _Field):
            self.fields.appendlist(part.name, part.value.decode("utf-8", "replace"))
        elif part is not None:
            self.files[FIELD] = part.finished()

    def _count_bytes(self, size: int) -> None:
        self._sizes += size
        if self._sizes > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The form's fields are too large.")


class _Field:
    def __init__(self, name: str) -> None:
        self.name = name
        self.value = bytearray()


class _File:
    def __init__(self, temporary: TemporaryObject, name: str, content_type: str | None) -> None:
        self.temporary = temporary
        self.name = name
        self.content_type = content_type

    def write(self, chunk: Chunk) -> None:
        if self.temporary.size + len(chunk) > settings.MAX_UPLOAD_SIZE:
            raise UploadTooLarge(settings.MAX_UPLOAD_SIZE)
        self.temporary.write(chunk)

    def finished(self) -> UploadedObject:
        try:
            self.temporary.finish()
        except BaseException:
            self.temporary.discard()
            raise
        return UploadedObject(self.temporary, name=self.name, content_type=self.content_type)


def _filename(segment: MultipartSegment) -> str | None:
    """The name of a file part, None of a field; `filename*` is RFC 5987's, which the parser passes over."""
    if segment.filename is not None:
        return str(segment.filename)
    disposition = segment.header("Content-Disposition", "")
    return parse_header_parameters(disposition)[1].get("filename") if "filename*" in disposition else None


def _without_path(filename: str) -> str:
    """The last part of what may be a path of any system, without what cannot be printed."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())
