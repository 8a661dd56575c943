"""Makes the vault's two pictures of a file, by the vault or by a reference, as often as its input says.

`python -m benchmarks.clients.pictures ours|vips|ffmpeg FILE TYPE`
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from mediavault.vault.media import recipe
from mediavault.vault.media.examination import State, examine

_SMALL, _LARGE = recipe.EDGES[recipe.Size.SMALL], recipe.EDGES[recipe.Size.LARGE]


def ours(file: Path, content_type: str) -> None:
    """As an upload or the worker has it done."""
    with file.open("rb", buffering=0) as source:
        found = examine(source, content_type=content_type)
    if found.state != State.READY or len(found.pictures) != 2:
        raise ValueError(f"no pictures: {found.state} {found.reason}")


def vips(file: Path, _: str) -> None:
    """The same two pictures by libvips: the large one from the file, the small one from the large one."""
    import pyvips  # type: ignore[import-untyped]

    # It would make the same picture only once.
    pyvips.cache_set_max(0)
    large = pyvips.Image.thumbnail(str(file), _LARGE, height=_LARGE, size="down").copy_memory()
    small = large.thumbnail_image(_SMALL, height=_SMALL, size="down")
    for picture in (large, small):
        picture.webpsave_buffer(Q=recipe.QUALITY, effort=recipe.EFFORT, strip=True)


def ffmpeg(file: Path, _: str) -> None:
    """The large picture of a keyframe by ffmpeg."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-skip_frame", "nokey", "-ss", "6"]
    command += ["-i", str(file), "-frames:v", "1", "-vf", f"scale={_LARGE}:-2", "-c:v", "libwebp"]
    command += ["-quality", str(recipe.QUALITY), "-compression_level", str(recipe.EFFORT), "-f", "webp", "-"]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    if not made.startswith(b"RIFF"):
        raise ValueError("ffmpeg made no picture")


def main(make: Callable[[Path, str], None], file: Path, content_type: str) -> None:
    """Do so many for each line of input."""
    for line in sys.stdin:
        try:
            for _ in range(int(line)):
                make(file, content_type)
        except (ValueError, OSError, ImportError, subprocess.SubprocessError) as problem:
            print(f"{type(problem).__name__}: {problem}", flush=True)
        else:
            print("done", flush=True)


if __name__ == "__main__":
    main({"ours": ours, "vips": vips, "ffmpeg": ffmpeg}[sys.argv[1]], Path(sys.argv[2]), sys.argv[3])
