"""Text out of untrusted files, made fit to be stored and shown. Pure."""

from typing import Any, Final

LONGEST_LINE: Final = 255


def one_line(text: Any) -> str:
    """The text on one line, without control characters, cut to 255 characters; empty for None."""
    if text is None:
        return ""
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join("".join(char if char.isprintable() else " " for char in told).split())[:LONGEST_LINE]
