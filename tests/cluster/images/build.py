"""Build what changed, and keep an archive of each image for clusters that have no registry."""

import fcntl
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from images.engine import Buildah, Docker, Engine
from images.prerequisites import require_builder
from images.recipe import RECIPES, Recipe, content_tag
from launcher.places import cache_folder
from launcher.progress import say

_ARCHIVES_KEPT = 3


@dataclass(frozen=True)
class BuiltImage:
    """An image that is ready to be loaded: the reference pods name, and its docker archive."""

    name: str
    reference: str
    archive: str


def build_images(recipes: Sequence[Recipe] = RECIPES, output: Path | None = None) -> tuple[BuiltImage, ...]:
    """Build the images whose content has no archive in `output` yet, and return all, in the order asked.

    LauncherError says what this machine lacks, or which step failed.
    """
    cache = cache_folder() / "images"
    archives = output or cache / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache):
        engine = _engine(cache)
        built = tuple(_build(engine, recipe, archives) for recipe in recipes)
    manifest = {image.name: asdict(image) for image in built}
    (archives / "images.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return built


def _engine(cache: Path) -> Engine:
    log = cache / "build.log"
    log.write_bytes(b"")
    require_builder()
    if Docker.answers():
        return Docker(log=log)
    buildah = Buildah(cache=cache, log=log)
    buildah.clean()
    return buildah


def _build(engine: Engine, recipe: Recipe, archives: Path) -> BuiltImage:
    reference = f"localhost/{recipe.name}:{content_tag(recipe, engine.base())}"
    archive = archives / f"{recipe.name}-{reference.rpartition(':')[2]}.tar"
    if archive.exists():
        archive.touch()
        say(f"{reference} is up to date")
        return BuiltImage(recipe.name, reference, str(archive))
    say(f"building {reference} with {engine.name}, about {recipe.takes} the first time")
    started = time.monotonic()
    partial = archive.with_suffix(".part")
    partial.unlink(missing_ok=True)
    engine.build(recipe, reference)
    engine.save(reference, partial)
    partial.rename(archive)
    for old in _least_recently_used(archives, recipe):
        old.unlink()
        engine.remove(f"localhost/{recipe.name}:{old.stem.removeprefix(f'{recipe.name}-')}")
    say(f"built {reference}: {archive.stat().st_size / 1e6:.0f} MB in {time.monotonic() - started:.0f} s")
    return BuiltImage(recipe.name, reference, str(archive))


def _least_recently_used(archives: Path, recipe: Recipe) -> list[Path]:
    newest_first = sorted(
        archives.glob(f"{recipe.name}-*.tar"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    return newest_first[_ARCHIVES_KEPT:]


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another build of images to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
