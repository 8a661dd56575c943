"""A PDF: how many pages it has, and its first one as two pictures."""

from typing import BinaryIO, Final

import pypdfium2
from PIL import Image

from mediavault.vault.media.confined import images
from mediavault.vault.media.confined.answers import Answer
from mediavault.vault.media.recipe import EDGES, Size

# Pixels per point: a page of a stamp's size is not blown up to a poster.
_LARGEST_SCALE: Final = 4.0


def examine(source: BinaryIO, _: None) -> Answer:
    """The facts and pictures of a document. Raises what PDFium raises, also where a password is wanted."""
    document = pypdfium2.PdfDocument(source, autoclose=False)
    page = document[0]
    scale = min(_LARGEST_SCALE, EDGES[Size.LARGE] / max(*page.get_size(), 1.0))
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
    picture: Image.Image = bitmap.to_pil()
    return Answer(facts={"pages": len(document)}, pictures=images.pictures_of(picture))
