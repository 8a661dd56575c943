"""Thumbnails, the app's side: starts the decoding child, waits for it, and believes it nothing but bytes."""

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, BinaryIO, Final

from mediavault.vault.media.recipe import DECODERS, LARGEST_RESULT, PATIENCE_SECONDS, WALL_SECONDS, Outcome

_LOG: Final = logging.getLogger(__name__)
_IMPORT_ROOT: Final = Path(__file__).resolve().parents[3]
# Decoding is the app's largest use of memory, so no more of it at a time than this per process.
_CHILDREN: Final = BoundedSemaphore(2)
_LONGEST_WORDS: Final = 500
_REASONS: Final = {
    Outcome.DAMAGED: "the image is damaged or of a kind that cannot be read",
    Outcome.TOO_MANY_PIXELS: "the image has too many pixels",
    Outcome.OUT_OF_MEMORY: "the image needs too much memory",
    Outcome.NO_SANDBOX: "the decoder could not be confined",
}


@dataclass(frozen=True)
class Thumbnail:
    """A small image, as WebP."""

    data: bytes


@dataclass(frozen=True)
class NoThumbnail:
    """Why there is none; `failed` where the type has thumbnails but this file got none."""

    reason: str
    failed: bool


def make_thumbnail(source: BinaryIO, *, content_type: str) -> Thumbnail | NoThumbnail:
    """Decode an open file of the sniffed type in a confined child; its position is lost.

    Whatever the file holds, this returns without an exception: within PATIENCE_SECONDS and WALL_SECONDS.
    """
    formats = DECODERS.get(content_type)
    if formats is None:
        return NoThumbnail(f"files of type {content_type} have no thumbnail", failed=False)
    if not _CHILDREN.acquire(timeout=PATIENCE_SECONDS):
        _LOG.warning("no thumbnail of a file of type %s: all decoders were busy for too long", content_type)
        return NoThumbnail("all decoders were busy for too long", failed=True)
    try:
        source.seek(0)
        status, data, words = _decode(source, formats)
    except (OSError, RuntimeError) as error:  # a RuntimeError where no thread could be had for the deadline
        _LOG.exception("the decoder of thumbnails could not be started")
        reason = error.strerror if isinstance(error, OSError) else error
        return NoThumbnail(f"the decoder could not be started: {reason}", failed=True)
    finally:
        _CHILDREN.release()
    if status == Outcome.MADE and data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Thumbnail(data)
    reason = _REASONS[Outcome(status)] if status in _REASONS else f"the decoder died (status {status})"
    _LOG.warning("no thumbnail of a file of type %s: %s; %r", content_type, reason, words)
    return NoThumbnail(reason, failed=True)


def _decode(source: BinaryIO, formats: tuple[str, ...]) -> tuple[int, bytes, str]:
    command = [sys.executable, "-P", "-s", "-B", "-m", "mediavault.vault.media.decoder", ",".join(formats)]
    with subprocess.Popen(  # noqa: S603 the arguments are ours
        command,
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # No secret of the app's environment is passed on.
        env={"PYTHONPATH": str(_IMPORT_ROOT), "LC_ALL": "C.UTF-8"},
        cwd="/",
    ) as child:
        deadline = Timer(WALL_SECONDS, child.kill)
        try:
            deadline.start()
            data = _read_all(child.stdout, LARGEST_RESULT)
            words = _read_all(child.stderr, _LONGEST_WORDS).decode("utf-8", "replace").strip()
            return child.wait(), data, words
        finally:
            deadline.cancel()
            child.kill()


def _read_all(pipe: IO[bytes] | None, most: int) -> bytes:
    """What comes out of the pipe, cut off at `most` bytes; a writer of more dies of the closed pipe."""
    if pipe is None:
        return b""
    with pipe:
        return pipe.read(most)
