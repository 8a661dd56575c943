"""Real media, made once per run: what Pillow and ffmpeg write is what cameras and phones write."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import pytest
from PIL import Image

from mediavault.vault.media.examination import Examination, examine

Encode = Callable[..., bytes]


@pytest.fixture
def examined(tmp_path: Path) -> Callable[[bytes, str], Examination]:
    """Examine bytes as the content of a file of this type: `examined(content, "image/png")`."""

    def look(content: bytes, media_type: str) -> Examination:
        (tmp_path / "examined").write_bytes(content)
        with (tmp_path / "examined").open("rb", buffering=0) as source:
            return examine(source, content_type=media_type)

    return look


@pytest.fixture(scope="session")
def encode() -> Encode:
    """Encode an image: `encode(image, "PNG", **options)` gives the file's bytes."""

    def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
        result = BytesIO()
        image.save(result, kind, **options)
        return result.getvalue()

    return encoded


@pytest.fixture(scope="session")
def quadrants() -> Image.Image:
    """A 600 x 400 picture: red, green on top, blue, white below; by it one sees how it was turned."""
    image = Image.new("RGB", (600, 400), "white")
    image.paste((255, 0, 0), (0, 0, 300, 200))
    image.paste((0, 255, 0), (300, 0, 600, 200))
    image.paste((0, 0, 255), (0, 200, 300, 400))
    return image


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """A second, or more, of picture or sound in the container of a suffix: `recorded("clip.mp4")`."""
    folder = tmp_path_factory.mktemp("recorded")

    def record(name: str, *options: str, seconds: int = 1) -> bytes:
        path: Path = folder / name
        if not path.exists():
            source = ["-f", "lavfi", "-i", f"testsrc=size=64x48:rate=25:duration={seconds}"]
            sound = ["-f", "lavfi", "-i", "sine=duration=1"]
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y"]
            audio_only = path.suffix in {".mp3", ".m4a", ".flac", ".wav", ".oga", ".aac", ".aiff", ".weba"}
            command += sound if audio_only else source
            subprocess.run([*command, *options, str(path)], check=True, timeout=60)
        return path.read_bytes()

    return record
