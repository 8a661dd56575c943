"""An image: its two pictures, upright, in sRGB, without metadata, and what its camera wrote about it."""

import io
from collections.abc import Callable
from typing import BinaryIO, Final, TypeVar

# All are imported before the sandbox closes, because Pillow would import some of them on first use.
from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    MpoImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from mediavault.vault.media.confined.answers import Answer, Facts, Outcome
from mediavault.vault.media.confined.exif import exif_facts, orientation_of
from mediavault.vault.media.recipe import EDGES, EFFORT, MOST_PIXELS, QUALITY, Size

T = TypeVar("T")
_PLUGINS: Final = (AvifImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
# Modes that resize well as they are; the others are converted first.
_RESIZED_AS_IS: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_WITH_PROFILE: Final = frozenset({"L", "RGB", "RGBA", "CMYK"})
_DEEP: Final = ("I", "F")
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = 5

Image.preinit()
# Its own bound, warning first, would come late and vary by version; ours is checked before any decoding.
Image.MAX_IMAGE_PIXELS = None
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def examine(source: BinaryIO, formats: list[str], *, is_upright: bool = False) -> Answer:
    """The facts and pictures of an image in one of Pillow's formats. Raises what Pillow raises.

    Where it `is_upright` already, what it says of how it stands is no longer true.
    """
    with Image.open(source, formats=formats) as image:
        if image.width * image.height > MOST_PIXELS:
            return Answer(Outcome.TOO_MANY_PIXELS)
        # Asked before decoding, because a TIFF's tags can no longer be read afterwards.
        facts: Facts = _told(image, exif_facts, {})
        width, height = image.size
        picture = _decoded(image)
        # Asked after it, because Pillow turns a TIFF by itself and forgets then how it stood.
        orientation = 1 if is_upright else _told(image, orientation_of, 1)
        if orientation in _UPRIGHT:
            picture = picture.transpose(_UPRIGHT[orientation])
        if orientation >= _SIDEWAYS:
            width, height = height, width
        return Answer(facts={"width": width, "height": height, **facts}, pictures=pictures_of(picture))


def _told(image: Image.Image, read: Callable[[Image.Exif], T], otherwise: T) -> T:
    try:
        return read(image.getexif())
    except Exception:  # noqa: BLE001 what a camera tells may be damaged where its picture is not
        return otherwise


def _decoded(image: Image.Image) -> Image.Image:
    """The image, no larger than the larger picture: where its format can, decoded no larger than needed."""
    picture: Image.Image = image if image.mode in _RESIZED_AS_IS else _eight_bit(image)
    edge = EDGES[Size.LARGE]
    shrink = min(1.0, edge / max(image.size))
    # By itself `thumbnail` would decode a JPEG so large that its shorter side is no shorter than the edge.
    picture.draft(None, (int(image.width * shrink) or 1, int(image.height * shrink) or 1))
    picture.thumbnail((edge, edge), Image.Resampling.BICUBIC, reducing_gap=1.0)
    picture.load()
    return picture


def pictures_of(picture: Image.Image) -> dict[str, bytes]:
    """The two pictures made of one that stands upright and is no larger than the larger of them."""
    shown = _in_srgb(picture)
    large = _webp(shown)
    shown.thumbnail((EDGES[Size.SMALL],) * 2, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return {Size.LARGE: large, Size.SMALL: _webp(shown)}


def _webp(picture: Image.Image) -> bytes:
    result = io.BytesIO()
    picture.info.clear()
    picture.save(result, "WEBP", quality=QUALITY, method=EFFORT, exif=b"", icc_profile=b"", xmp=b"")
    return result.getvalue()


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith(_DEEP):
        deep = image.convert("F")
        low, high = _depth(image, deep)
        scale = 255 / (high - low) if high > low else 1.0
        return deep.point(lambda value: value * scale - low * scale).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _depth(image: Image.Image, deep: Image.Image) -> tuple[float, float]:
    if image.mode.startswith("I;16"):
        return 0, 65535
    low, high = deep.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple):
        raise OSError("an image of one channel has extrema of several")
    return (0, 65535) if image.mode == "I" and low >= 0 and 255 < high <= 65535 else (low, high)


def _in_srgb(image: Image.Image) -> Image.Image:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in _WITH_PROFILE:
        converted = _by_profile(image, profile, mode)
        if converted is not None:
            return converted
    return image.convert(mode)


def _by_profile(image: Image.Image, profile: bytes, mode: str) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode in ("RGB", "RGBA") and "sRGB" in ImageCms.getProfileDescription(source):
            return None
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
