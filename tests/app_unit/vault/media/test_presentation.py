"""What may be shown in place: a fixed list, and nothing on it that a browser could run."""

import pytest

from mediavault.vault.media.presentation import Presentation, is_active, presented
from mediavault.vault.media.recipe import DECODERS


@pytest.mark.parametrize("media_type", ["image/jpeg", "video/mp4", "audio/mpeg", "image/webp", "video/webm"])
def test_media_is_shown_in_place_under_its_own_type(media_type: str) -> None:
    assert presented(media_type) == Presentation(media_type, inline=True, passive=True)


def test_a_pdf_is_shown_in_place_but_not_trusted_to_be_passive() -> None:
    assert presented("application/pdf") == Presentation("application/pdf", inline=True)


@pytest.mark.parametrize("media_type", ["text/plain", "text/csv", "text/markdown"])
def test_text_is_shown_as_plain_text(media_type: str) -> None:
    assert presented(media_type) == Presentation("text/plain; charset=utf-8", inline=True)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/html",
        "application/xhtml+xml",
        "image/svg+xml",
        "application/xml",
        "text/xml",
        "text/javascript",
        "application/javascript",
        "text/css",
        "text/anything-new",
        "application/rss+xml",
        "application/wasm",
    ],
)
def test_what_a_browser_might_run_is_a_download_without_its_type(media_type: str) -> None:
    assert is_active(media_type)
    assert presented(media_type) == Presentation("application/octet-stream", inline=False)


@pytest.mark.parametrize("media_type", ["application/zip", "application/msword", "font/woff2", "no/idea"])
def test_everything_else_is_a_download_under_its_type(media_type: str) -> None:
    assert presented(media_type) == Presentation(media_type, inline=False)


def test_what_has_thumbnails_can_be_shown() -> None:
    assert all(presented(media_type).passive for media_type in DECODERS)
