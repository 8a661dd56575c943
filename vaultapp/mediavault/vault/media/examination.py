"""What can be known and shown of a file: facts and two pictures, or why there are none."""

import atexit
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import BinaryIO, Final

from mediavault.vault.media.confined.answers import Answer, Facts, Outcome
from mediavault.vault.media.confined.child import NO_SANDBOX_STATUS
from mediavault.vault.media.confined.film_facts import film_facts
from mediavault.vault.media.confined.heifs import told_size
from mediavault.vault.media.confined.requests import Request, Task
from mediavault.vault.media.decoders import Decoders, DecodersUnavailable, Ended
from mediavault.vault.media.recipe import (
    CHILD,
    COVERS,
    DECODERS,
    DEMUXERS,
    DOCUMENTS,
    HEIF,
    HEIFS,
    MOST_PIXELS,
    POSTER_AT,
    PROGRAM,
    SOUNDS,
)
from mediavault.vault.media.texts import excerpt_of, is_text

_LOG: Final = logging.getLogger(__name__)
# Decoding is the app's largest use of memory, so no more of it at a time than this per process.
_DECODERS: Final = Decoders(most=2)
atexit.register(_DECODERS.stop)
_REASONS: Final = {
    Outcome.DAMAGED: "the {kind} is damaged or of a kind that cannot be read",
    Outcome.TOO_MANY_PIXELS: "the {kind} has too many pixels",
    Outcome.OUT_OF_MEMORY: "the {kind} needs too much memory",
    Outcome.NO_SANDBOX: "the decoder could not be confined",
}
# What a worker examines.
_SLOW: Final = SOUNDS | DOCUMENTS | HEIFS | DEMUXERS.keys()


class State(StrEnum):
    """How far an examination has come."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Examination:
    """What an examination came to.

    `facts` are JSON, those that are known: width, height (pixels, upright), taken_at (ISO 8601), camera,
    latitude, longitude (degrees), duration (seconds), codec, title, artist, album, genre, track, pages,
    excerpt. `pictures` are WebP by Size, both or none. `reason` says why the state is not READY or PENDING,
    and `passing` that another attempt may end otherwise.
    """

    state: State
    reason: str = ""
    facts: Facts = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    passing: bool = False


def is_quick(content_type: str) -> bool:
    """Whether files of this type are examined while their upload waits; the others take a worker's time."""
    return content_type not in _SLOW


def is_decoded(content_type: str) -> bool:
    """Whether children look into files of this type, which then have to be on this machine."""
    return content_type in DECODERS or content_type in _SLOW


def examine(source: BinaryIO, *, content_type: str) -> Examination:
    """Look into a seekable file of the sniffed type, in confined children; its position is lost.

    Whatever the file holds, this returns without an exception, and in bounded time.
    """
    if content_type in DECODERS:
        return _by(Request(Task.IMAGE, DECODERS[content_type], CHILD), source, kind="image")
    if content_type in SOUNDS:
        return _by(Request(Task.SOUND, COVERS, CHILD), source, kind="sound")
    if content_type in DOCUMENTS:
        return _by(Request(Task.DOCUMENT, None, CHILD), source, kind="document")
    if content_type in HEIFS:
        return _heif(source)
    if content_type in DEMUXERS:
        return _film(source, DEMUXERS[content_type])
    if is_text(content_type):
        return _read(source)
    return Examination(State.UNSUPPORTED, f"files of type {content_type} have no thumbnail")


def _read(source: BinaryIO) -> Examination:
    try:
        return Examination(State.READY, facts={"excerpt": excerpt_of(source)})
    except OSError as error:
        return Examination(State.FAILED, str(error), passing=True)


def _by(request: Request, source: BinaryIO, *, kind: str) -> Examination:
    try:
        with _in_a_file(source) as file:
            ended = _DECODERS.run(request, file.fileno())
    except (OSError, DecodersUnavailable) as error:
        _LOG.warning("%s was not examined: %s", kind, error)
        return Examination(State.FAILED, str(error), passing=True)
    answer = _answer_of(ended)
    if answer is not None and answer.outcome == Outcome.MADE:
        return Examination(State.READY, facts=answer.facts, pictures=answer.pictures)
    if answer is None:
        reason, words = f"the decoder died (status {ended.status})", ended.words
    else:
        reason, words = _REASONS[answer.outcome].format(kind=kind), answer.words
    _LOG.warning("%s was not examined: %s; %r", kind, reason, words[-500:])
    return Examination(State.FAILED, reason, passing=answer is None)


@contextmanager
def _in_a_file(source: BinaryIO) -> Iterator[BinaryIO]:
    """The source at its start, as children can be given it: what comes from afar is brought here first."""
    source.seek(0)
    if isinstance(source, io.FileIO):
        yield source
    else:
        with tempfile.TemporaryFile() as file:
            shutil.copyfileobj(source, file)
            file.seek(0)
            yield file


def _answer_of(ended: Ended) -> Answer | None:
    if ended.status != 0:
        return None
    try:
        return Answer.unpacked(ended.output)
    except ValueError:
        return None


def _heif(source: BinaryIO) -> Examination:
    program = shutil.which("heif-thumbnailer")
    if program is None:
        return Examination(State.UNSUPPORTED, "this vault has no program to look into HEIF images")
    try:
        with _in_a_file(source) as file:
            ended = _DECODERS.run(Request(Task.HEIF, {"program": program}, HEIF), file.fileno())
    except (OSError, DecodersUnavailable) as error:
        return Examination(State.FAILED, str(error), passing=True)
    size = told_size(ended.words)
    if size and size[0] * size[1] > MOST_PIXELS:
        return Examination(State.FAILED, _REASONS[Outcome.TOO_MANY_PIXELS].format(kind="image"))
    if ended.status != 0:
        return _shown_nothing(ended, kind="image")
    found = _of_frame(ended.output, "PNG")
    return replace(found, facts={**found.facts, **_upright(size, found.facts)})


def _upright(size: tuple[int, int] | None, shown: Facts) -> Facts:
    """Width and height of an image that was told to be of this size, and was shown smaller or turned."""
    if size is None or "width" not in shown:
        return {}
    was_turned = (size[0] > size[1]) != (float(shown["width"]) > float(shown["height"]))
    width, height = reversed(size) if was_turned else size
    return {"width": width, "height": height}


def _film(source: BinaryIO, demuxer: str) -> Examination:
    program = shutil.which("ffmpeg")
    if program is None:
        return Examination(State.UNSUPPORTED, "this vault has no program to look into films")
    try:
        with _in_a_file(source) as file:
            ended, facts = _played(file, program, demuxer)
    except (OSError, DecodersUnavailable) as error:
        return Examination(State.FAILED, str(error), passing=True)
    if "codec" not in facts:
        return _shown_nothing(ended, kind="film")
    pictures = _of_frame(ended.output, "PPM").pictures if ended.output else {}
    return Examination(State.READY, facts=facts, pictures=pictures)


def _shown_nothing(ended: Ended, *, kind: str) -> Examination:
    """What it means that a program has told or shown nothing."""
    died = ended.status < 0
    if died:
        reason = f"the decoder died (status {ended.status})"
    else:
        confined = ended.status != NO_SANDBOX_STATUS
        reason = _REASONS[Outcome.DAMAGED if confined else Outcome.NO_SANDBOX].format(kind=kind)
    _LOG.warning("%s was not examined: %s; %r", kind, reason, ended.words[-500:])
    return Examination(State.FAILED, reason, passing=died)


def _played(file: BinaryIO, program: str, demuxer: str) -> tuple[Ended, Facts]:
    """What ffmpeg came to: once where the film's header tells its length, else again when it is known."""
    details = {"program": program, "demuxer": demuxer, "seconds": None}
    ended = _DECODERS.run(Request(Task.FILM, details, PROGRAM), file.fileno())
    facts = film_facts(ended.words)
    # Few headers do not tell the size; where there is no picture so far in, its beginning has to do.
    for seconds in (float(facts.get("duration", 0)) * POSTER_AT, 0.0):
        if bool(ended.output) == ("width" in facts):
            break
        request = Request(Task.FILM, {**details, "seconds": seconds}, PROGRAM)
        again = _DECODERS.run(request, file.fileno())
        # Of one that dies on the way, what was told and shown before stands.
        ended = replace(again, output=again.output or ended.output)
        facts = {**facts, **film_facts(again.words)}
    return ended, facts


def _of_frame(frame: bytes, form: str) -> Examination:
    with os.fdopen(os.memfd_create("frame"), "r+b", buffering=0) as source:
        source.write(frame)
        return _by(Request(Task.FRAME, (form,), CHILD), source, kind="frame")
