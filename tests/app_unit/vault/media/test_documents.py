"""The first page of documents, real, odd and hostile."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mediavault.vault.media.examination import Examination, State, is_quick
from mediavault.vault.media.recipe import Size

Examine = Callable[[bytes, str], Examination]
PAGE = Path(__file__).parents[4] / "examples" / "media" / "a-page.pdf"


def test_the_first_page_becomes_the_picture(examined: Examine) -> None:
    found = examined(PAGE.read_bytes(), "application/pdf")
    assert (found.state, found.facts, is_quick("application/pdf")) == (State.READY, {"pages": 1}, False)
    assert [Image.open(BytesIO(found.pictures[size])).height for size in Size] == [256, 1440]


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (3, 14_400), (2_000_000_000, 1)])
def test_a_page_of_any_size_stays_within_bounds(width: int, height: int, examined: Examine) -> None:
    page = f"<</Type/Page/MediaBox[0 0 {width} {height}]/Parent 2 0 R>>"
    content = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj{page}endobj\ntrailer<</Root 1 0 R>>"
    )
    found = examined(content.encode(), "application/pdf")
    assert found.state in (State.READY, State.FAILED)
    for picture in found.pictures.values():
        assert max(Image.open(BytesIO(picture)).size) <= 1440


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"%PDF-1.7\ntrailer<</Root 1 0 R>>", b"%PDF-" + bytes(9999)]
)
def test_what_only_begins_like_a_document_fails(content: bytes, examined: Examine) -> None:
    found = examined(content, "application/pdf")
    assert (found.state, found.reason) == (
        State.FAILED,
        "the document is damaged or of a kind that cannot be read",
    )
