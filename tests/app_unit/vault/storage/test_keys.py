"""Keys: content addresses that can never leave the store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault.vault.storage.keys import THUMBNAIL_RECIPE, blob_key, is_key, thumbnail_key

SHA256 = "ab" + "0" * 62


def test_a_blob_stands_under_its_owner_and_the_first_byte_of_its_hash() -> None:
    assert blob_key(7, SHA256) == f"blobs/7/ab/{SHA256}"


def test_a_thumbnail_is_named_by_its_blob_its_recipe_and_its_size() -> None:
    assert thumbnail_key(7, SHA256, "small") == f"thumbnails/7/ab/{SHA256}-{THUMBNAIL_RECIPE}-small.webp"


@given(st.integers(0, 2**63), st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_every_key_that_is_made_is_recognised(owner_id: int, sha256: str) -> None:
    assert is_key(blob_key(owner_id, sha256))
    assert all(is_key(thumbnail_key(owner_id, sha256, size)) for size in ("small", "large"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "blobs",
        f"blobs/../../{SHA256}",
        f"/blobs/7/ab/{SHA256}",
        f"blobs/7/ab/{SHA256}\n",
        f"blobs/7/ab/{SHA256}/x",
        f"thumbnails/7/ab/{SHA256}-v2-huge.webp",
    ],
)
def test_nothing_else_is_a_key(text: str) -> None:
    assert not is_key(text)


@pytest.mark.parametrize(
    ("owner_id", "sha256"), [(-1, SHA256), (7, "ab"), (7, SHA256.upper()), (7, "../" + SHA256)]
)
def test_no_key_is_made_of_anything_but_an_owner_and_a_hash(owner_id: int, sha256: str) -> None:
    with pytest.raises(ValueError, match="not an owner"):
        blob_key(owner_id, sha256)
