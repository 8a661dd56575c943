"""What an image is made from, and the tag that follows: the same content has the same tag, anywhere."""

import hashlib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

REPOSITORY_ROOT = Path(__file__).resolve().parents[3]
_POSTGRES = Path(__file__).resolve().parent / "postgres"


@dataclass(frozen=True)
class Recipe:
    """One image: its name without registry and tag, its Dockerfile, and the folder that COPY reads from."""

    name: str
    dockerfile: Path
    context: Path
    takes: str


OPERATOR = Recipe("mediavault-operator", REPOSITORY_ROOT / "Dockerfile.operator", REPOSITORY_ROOT, "1 minute")
APP = Recipe("mediavault-app", REPOSITORY_ROOT / "Dockerfile.app", REPOSITORY_ROOT, "1 minute")
POSTGRES = Recipe("mediavault-postgres", _POSTGRES / "Dockerfile", _POSTGRES, "1 minute")
RECIPES = (OPERATOR, APP, POSTGRES)


def copied_paths(dockerfile: str) -> tuple[str, ...]:
    """The paths that a Dockerfile copies from its context, as written; copies between stages are left out."""
    joined = re.sub(r"\\\n", " ", dockerfile)
    copies = [shlex.split(line)[1:] for line in joined.splitlines() if line.startswith("COPY ")]
    return tuple(
        source
        for words in copies
        if not any(word.startswith("--from=") for word in words)
        for source in [word for word in words if not word.startswith("--")][:-1]
    )


def content_tag(recipe: Recipe, base: str) -> str:
    """Twelve hexadecimal digits over the base's name, the Dockerfile and every file that it copies."""
    dockerfile = recipe.dockerfile.read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{base}\n{dockerfile}".encode())
    for source in copied_paths(dockerfile):
        for path in _files(recipe.context / source):
            relative = path.relative_to(recipe.context)
            executable = bool(path.stat().st_mode & 0o100)
            digest.update(f"\n{relative}\n{executable}\n{path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return sorted(
        path for path in source.rglob("*") if path.is_file() and not _ignored(path.relative_to(source))
    )


def _ignored(relative: Path) -> bool:
    """The same rules as .dockerignore: neither bytecode nor anything hidden reaches an image."""
    return relative.suffix == ".pyc" or any(
        part == "__pycache__" or part.startswith(".") for part in relative.parts
    )
