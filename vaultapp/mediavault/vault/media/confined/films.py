"""A film: the one start of ffmpeg that tells what is in it and shows a picture of it."""

import math
from typing import Any, BinaryIO, Final

from mediavault.vault.media.confined.durations import glance_at_duration
from mediavault.vault.media.recipe import EDGES, POSTER_AT, Size

REOPENS_OUTPUT: Final = False
_LONGEST_SECONDS: Final = 1e7
_SHRINK: Final = f"min(1,{EDGES[Size.LARGE]}/max(iw*sar,ih))"
# Pixels become square; ffmpeg is slow at scaling and changing from YUV to RGB in one.
_SCALE: Final = f"scale=w='max(1,iw*sar*{_SHRINK})':h='max(1,ih*{_SHRINK})':flags=bilinear,format=yuv420p"
_ELEMENTARY_STREAM: Final = b"\0\0\1\xb3"


def command(source: BinaryIO, details: dict[str, Any]) -> list[str]:
    """ffmpeg's arguments, from `program`, `demuxer`, and `seconds` into the film, None where not yet known.

    It reads descriptor 0, tells on 2, and writes a picture as PPM to 1; none where nobody knows yet how long
    the film is, so that it can be asked again.
    """
    seconds, looking = details["seconds"], []
    if seconds is None:
        duration = glance_at_duration(source)
        if duration is not None and math.isfinite(duration) and 0 < duration < _LONGEST_SECONDS:
            seconds = duration * POSTER_AT
            # These headers tell the rest as well, without a frame being decoded for it.
            looking = ["-nofind_stream_info"]
    ask = [
        details["program"],
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-threads",
        "1",
        "-filter_threads",
        "1",
    ]
    ask += ["-protocol_whitelist", "file", *looking, "-f", _demuxer(source, details["demuxer"])]
    ask += ["-skip_frame", "nokey", "-noaccurate_seek"]
    ask += ["-ss", f"{seconds:.3f}"] if seconds else []
    ask += ["-i", "file:/proc/self/fd/0"]
    if seconds is None:
        return ask
    return [*ask, "-map", "0:V:0", "-frames:v", "1", "-vf", _SCALE, "-c:v", "ppm", "-f", "rawvideo", "pipe:1"]


def _demuxer(source: BinaryIO, usual: str) -> str:
    source.seek(0)
    return "mpegvideo" if usual == "mpeg" and source.read(4) == _ELEMENTARY_STREAM else usual
