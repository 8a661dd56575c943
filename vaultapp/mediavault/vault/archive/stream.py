"""The bytes of an archive on their way out, in blocks: no file is ever held whole."""

from collections.abc import Iterator
from typing import Final

from mediavault.vault.archive.layout import Content, Layout
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import StorageUnavailable

_BLOCK: Final = 1024 * 1024


def archive_blocks(layout: Layout, start: int, length: int) -> Iterator[bytes]:
    """A slice of the archive. Where an object is missing it ends with the store's error, not early."""
    held = bytearray()
    for part in layout.parts(start, length):
        for block in content_blocks(part) if isinstance(part, Content) else (part,):
            held += block
            if len(held) >= _BLOCK:
                yield bytes(held)
                held.clear()
    yield bytes(held)


def content_blocks(content: Content) -> Iterator[bytes]:
    """The bytes of the content, none of which may be missing (StorageError)."""
    rest = content.length
    if not rest:
        return
    with media_store().open(content.key) as source:
        source.seek(content.start)
        while rest:
            block = source.read(min(_BLOCK, rest))
            if not block:
                raise StorageUnavailable(f"{content.key} ends {rest} bytes too early")
            rest -= len(block)
            yield block
