"""A picture that another decoder has made, and has turned upright."""

from typing import BinaryIO

from mediavault.vault.media.confined import images
from mediavault.vault.media.confined.answers import Answer


def examine(source: BinaryIO, formats: list[str]) -> Answer:
    """Its facts and pictures. Raises what Pillow raises."""
    return images.examine(source, formats, is_upright=True)
