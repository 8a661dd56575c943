"""The decoding child, a program of its own: an image on stdin, its thumbnail as WebP on stdout.

`python -m mediavault.vault.media.decoder FORMAT,...` ends with an Outcome as its exit status. Whatever the
image does to the decoder, it does in here: without network, files or processes, in bounded memory and time.
"""

import io
import os
import sys
from typing import BinaryIO, Final

# All are imported before the sandbox closes, because Pillow would import some of them on first use.
from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    MpoImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from mediavault.vault.media.recipe import (
    ADDRESS_SPACE,
    CPU_SECONDS,
    EDGE,
    MOST_PIXELS,
    QUALITY,
    Outcome,
)
from mediavault.vault.media.sandbox import SandboxUnavailable, enter

_PLUGINS: Final = (AvifImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
# Modes that resize well as they are; the others are converted first.
_RESIZED_AS_IS: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_WITH_PROFILE: Final = frozenset({"L", "RGB", "RGBA", "CMYK"})
_DEEP: Final = ("I", "F")


class TooManyPixels(Exception):
    """The image says it is larger than anybody's camera."""


def thumbnail(source: BinaryIO, formats: list[str]) -> bytes:
    """The image upright, in sRGB, at most EDGE long, without metadata, as WebP. Raises what Pillow raises."""
    with Image.open(source, formats=formats) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels
        small: Image.Image = image if image.mode in _RESIZED_AS_IS else _eight_bit(image)
        small.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        small = _in_srgb(ImageOps.exif_transpose(small))
        result = io.BytesIO()
        small.info.clear()
        small.save(result, "WEBP", quality=QUALITY, exif=b"", icc_profile=b"", xmp=b"")
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
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image.convert(mode)


def _run(formats: list[str]) -> Outcome:
    try:
        enter(address_space=ADDRESS_SPACE, cpu_seconds=CPU_SECONDS)
    except (SandboxUnavailable, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return Outcome.NO_SANDBOX
    try:
        with io.FileIO(1, "w", closefd=False) as output:
            rest = memoryview(thumbnail(io.FileIO(0, closefd=False), formats))
            while rest:
                rest = rest[output.write(rest) or 0 :]
    except TooManyPixels:
        return Outcome.TOO_MANY_PIXELS
    except MemoryError:
        return Outcome.OUT_OF_MEMORY
    except Exception as error:  # noqa: BLE001 decoders raise anything at all on damaged input
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return Outcome.DAMAGED
    return Outcome.MADE


if __name__ == "__main__":
    Image.preinit()
    # Its own bound, warning first, would come late and vary by version; ours is checked before any decoding.
    Image.MAX_IMAGE_PIXELS = None
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    # Without the interpreter's shutdown, which has no business here and may trip over the limits.
    os._exit(_run(sys.argv[1].split(",")))
