"""Pictures of images and videos, beside the fastest known ways of making them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.measure import Finding, Goal, absolute, costs
from benchmarks.pairs import Run
from benchmarks.programs import ROOT, program
from benchmarks.workers import worker

_PROGRAM: Final = "benchmarks.clients.pictures"
_TIMES: Final = 10
_WIDTH, _HEIGHT = 4000, 3000
_PHOTO = ROOT / "examples" / "media" / "grace-hopper.jpg"
# Format, its media type, and the goal.
_IMAGES: Final = (
    ("JPEG", "image/jpeg", 1.1),
    ("PNG", "image/png", 1.6),
    ("WEBP", "image/webp", 1.6),
)


def thumbnails(run: Run) -> Iterator[Finding]:
    """Both pictures of a 12 megapixel image."""
    for kind, content_type, limit in _IMAGES:
        file = _image(run.folder / "content", kind)
        with (
            worker(_PROGRAM, "ours", str(file), content_type) as ours,
            worker(_PROGRAM, "vips", str(file), content_type) as reference,
        ):
            pairs = run.alternate(lambda: ours.sample(_TIMES), lambda: reference.sample(_TIMES))
        work = f"two thumbnails of a 12 MP {kind}: CPU"
        yield Finding(work, "pyvips, the same two", Goal(limit), costs(pairs), absolute(pairs, "ms", 1000))


def poster(run: Run) -> Iterator[Finding]:
    """The pictures of a 1080p H.264 video with a keyframe every 5 seconds."""
    file = _video(run.folder / "content" / "film.mp4")
    with (
        worker(_PROGRAM, "ours", str(file), "video/mp4") as ours,
        worker(_PROGRAM, "ffmpeg", str(file), "video/mp4") as reference,
    ):
        pairs = run.alternate(lambda: ours.sample(_TIMES), lambda: reference.sample(_TIMES))
    work = "facts and two pictures of a 1080p H.264 video: CPU"
    name = "ffmpeg -skip_frame nokey with input seek, one picture"
    yield Finding(work, name, Goal(1.3), costs(pairs), absolute(pairs, "ms", 1000))


def _image(folder: Path, kind: str) -> Path:
    """A photo of 12 megapixels with a camera's grain, made once."""
    from PIL import Image

    file = folder / f"photo.{kind.lower()}"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with Image.open(_PHOTO) as small:
            photo = small.convert("RGB").resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC)
        grain = Image.effect_noise((_WIDTH, _HEIGHT), 24).convert("RGB")
        Image.blend(photo, grain, 0.15).save(file, kind, quality=90)
    return file


def _video(file: Path) -> Path:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        command = [
            program("ffmpeg"),
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=1920x1080:r=25:d=20",
        ]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-g", "125", "-pix_fmt", "yuv420p"]
        subprocess.run([*command, "-movflags", "+faststart", str(file)], check=True)
    return file
