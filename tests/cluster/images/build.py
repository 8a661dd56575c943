"""Build what changed, and keep an archive of each image for clusters that have no registry."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from images.engine import Buildah, Docker, Engine
from images.prerequisites import require_buildah
from images.recipe import RECIPES, Recipe, content_tag

_ARCHIVES_KEPT = 3


@dataclass(frozen=True)
class BuiltImage:
    """An image that is ready to be loaded: the reference pods name, and its docker archive."""

    name: str
    reference: str
    archive: str


def cache_folder() -> Path:
    """Where base, layers and archives are kept between runs."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "mediavault" / "images"


def build_images(
    recipes: Sequence[Recipe] = RECIPES, *, output: Path | None = None, say: Callable[[str], None]
) -> tuple[BuiltImage, ...]:
    """Build the images whose content has no archive in `output` yet, and return all, in the order asked.

    Raises PrerequisiteError where this machine lacks something, and BuildError where a step failed.
    """
    cache = cache_folder()
    archives = output or cache / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache, say):
        engine = _engine(cache, say)
        built = tuple(_build(engine, recipe, archives, say) for recipe in recipes)
    manifest = {image.name: asdict(image) for image in built}
    (archives / "images.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return built


def _engine(cache: Path, say: Callable[[str], None]) -> Engine:
    log = cache / "build.log"
    log.write_bytes(b"")
    if Docker.answers():
        return Docker(log=log)
    require_buildah(say)
    return Buildah(cache=cache, log=log, say=say)


def _build(engine: Engine, recipe: Recipe, archives: Path, say: Callable[[str], None]) -> BuiltImage:
    reference = f"localhost/{recipe.name}:{content_tag(recipe, engine.base())}"
    archive = archives / f"{recipe.name}-{reference.rpartition(':')[2]}.tar"
    if archive.exists():
        archive.touch()
        say(f"{reference} is up to date")
        return BuiltImage(recipe.name, reference, str(archive))
    say(f"Building {reference} with {engine.name}, about {recipe.takes} the first time")
    started = time.monotonic()
    partial = archive.with_suffix(".part")
    partial.unlink(missing_ok=True)
    engine.build(recipe, reference)
    engine.save(reference, partial)
    partial.rename(archive)
    for old in _least_recently_used(archives, recipe):
        old.unlink()
    say(f"Built {reference}: {archive.stat().st_size / 1e6:.0f} MB in {time.monotonic() - started:.0f} s")
    return BuiltImage(recipe.name, reference, str(archive))


def _least_recently_used(archives: Path, recipe: Recipe) -> list[Path]:
    newest_first = sorted(
        archives.glob(f"{recipe.name}-*.tar"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    return newest_first[_ARCHIVES_KEPT:]


@contextmanager
def _alone(cache: Path, say: Callable[[str], None]) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another build of images to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
