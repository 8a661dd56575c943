"""How a media type may be shown: what a browser displays by itself, and what it could run. Pure.

Only types of a fixed list are inline. Everything else is a download, and what a browser might interpret as a
page, script or style also loses its type, so that no element of a page of ours can be made to load it.
"""

from dataclasses import dataclass
from typing import Final

_INLINE: Final = frozenset(
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
    """The Content-Type to send and whether the bytes may be shown in place."""

    content_type: str
    inline: bool


def presented(media_type: str) -> Presentation:
    """How a file of this sniffed media type leaves the app."""
    if media_type in _INLINE:
        return Presentation(media_type, inline=True)
    if media_type in _READABLE:
        return Presentation(_PLAIN_TEXT, inline=True)
    return Presentation(_OPAQUE if is_active(media_type) else media_type, inline=False)


def is_active(media_type: str) -> bool:
    """Whether a browser might run the bytes or let them style or script a page."""
    return media_type in _ACTIVE or media_type.startswith("text/") or media_type.endswith("+xml")
