"""How a media type may be shown: what a browser displays by itself, and what it could run. Pure.

Only types of fixed lists are inline. Everything else is a download, and what a browser might interpret as a
page, script or style also loses its type, so that no element of a page of ours can be made to load it.
"""

from dataclasses import dataclass
from typing import Final

# Pixels and sound: nothing in them can act.
_PASSIVE: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/bmp",
        "image/tiff",
        "image/heic",
        "image/heif",
        "image/jxl",
        "image/vnd.microsoft.icon",
        "video/mp4",
        "video/webm",
        "video/ogg",
        "video/quicktime",
        "video/matroska",
        "video/mpeg",
        "video/mp2t",
        "video/x-msvideo",
        "audio/mpeg",
        "audio/mp4",
        "audio/aac",
        "audio/flac",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "audio/matroska",
        "audio/aiff",
    }
)
# May hold scripts, which only the browser's own viewer runs, and only in its own cage.
_CAGED: Final = frozenset({"application/pdf"})
# Read by people as they are; under nosniff a browser takes text/plain for neither page nor script.
_READABLE: Final = frozenset({"text/plain", "text/csv", "text/tab-separated-values", "text/markdown"})
_PLAIN_TEXT: Final = "text/plain; charset=utf-8"
_OPAQUE: Final = "application/octet-stream"
_ACTIVE: Final = frozenset(
    {
        "application/javascript",
        "application/ecmascript",
        "application/wasm",
        "application/x-shockwave-flash",
        "application/xhtml+xml",
        "application/xml",
        "image/svg+xml",
        "multipart/related",
        "multipart/x-mixed-replace",
    }
)


@dataclass(frozen=True)
class Presentation:
    """The Content-Type to send, whether it may be shown in place, and whether it can only be looked at."""

    content_type: str
    inline: bool
    passive: bool = False


def presented(media_type: str) -> Presentation:
    """How a file of this sniffed media type leaves the app."""
    if media_type in _PASSIVE:
        return Presentation(media_type, inline=True, passive=True)
    if media_type in _CAGED:
        return Presentation(media_type, inline=True)
    if media_type in _READABLE:
        return Presentation(_PLAIN_TEXT, inline=True)
    return Presentation(_OPAQUE if is_active(media_type) else media_type, inline=False)


def is_active(media_type: str) -> bool:
    """Whether a browser might run the bytes or let them style or script a page."""
    return media_type in _ACTIVE or media_type.startswith("text/") or media_type.endswith("+xml")
