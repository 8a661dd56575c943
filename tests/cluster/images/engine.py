"""The two programs that build images: Docker where its engine answers, else buildah."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from images.base import base_key, make_base
from images.command import APART, run_logged
from images.recipe import Recipe

_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_BASE = "localhost/mediavault-base"


class Engine(Protocol):
    """Builds an image from a recipe and writes it out as a docker archive."""

    @property
    def name(self) -> str: ...

    def base(self) -> str:
        """What every image stands on, as it goes into the tags; made first where that is needed."""

    def build(self, recipe: Recipe, reference: str) -> None: ...

    def save(self, reference: str, archive: Path) -> None: ...

    def remove(self, reference: str) -> None:
        """Give back the disk of an image that is no longer wanted, if it is there."""


@dataclass(frozen=True)
class Docker:
    """The engine of who has one, with each Dockerfile's own base."""

    log: Path
    name: str = "docker"

    @staticmethod
    def answers() -> bool:
        if not shutil.which("docker"):
            return False
        command = ["docker", "version", "--format", "{{.Server.Version}}"]
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0

    def base(self) -> str:
        return "default"

    def build(self, recipe: Recipe, reference: str) -> None:
        run_logged(
            ["docker", "build", f"--file={recipe.dockerfile}", f"--tag={reference}", str(recipe.context)],
            self.log,
        )

    def save(self, reference: str, archive: Path) -> None:
        run_logged(["docker", "save", f"--output={archive}", reference], self.log)

    def remove(self, reference: str) -> None:
        subprocess.run(["docker", "image", "rm", reference], capture_output=True, check=False)


@dataclass(frozen=True)
class Buildah:
    """Buildah with a store of its own under `cache`: no daemon, no registry, nothing outside that folder."""

    cache: Path
    log: Path
    name: str = "buildah"

    def base(self) -> str:
        reference = f"{_BASE}:{base_key()}"
        if not self._has(reference):
            with tempfile.TemporaryDirectory(prefix="base-", suffix=".part", dir=self.cache) as folder:
                make_base(Path(folder) / "base.tar", self.log)
                dockerfile = Path(folder) / "Dockerfile"
                dockerfile.write_text('FROM scratch\nADD base.tar /\nCMD ["bash"]\n', encoding="utf-8")
                self._run(["build", f"--tag={reference}", f"--file={dockerfile}", folder])
        return reference

    def build(self, recipe: Recipe, reference: str) -> None:
        options = ["--layers", "--pull=never", "--network=host", f"--build-arg=BASE_IMAGE={self.base()}"]
        if Path(_CA_BUNDLE).exists():
            options.append(f"--volume={_CA_BUNDLE}:{_CA_BUNDLE}:ro")
        if "PIP_INDEX_URL" in os.environ:
            options.append(f"--build-arg=PIP_INDEX_URL={os.environ['PIP_INDEX_URL']}")
        self._run(
            ["build", *options, f"--file={recipe.dockerfile}", f"--tag={reference}", str(recipe.context)]
        )

    def save(self, reference: str, archive: Path) -> None:
        self._run(["push", reference, f"docker-archive:{archive}:{reference}"])

    def remove(self, reference: str) -> None:
        subprocess.run([*self._program(), "rmi", reference], capture_output=True, check=False)

    def clean(self) -> None:
        """Remove what builds that were killed have left behind."""
        for abandoned in self.cache.glob("base-*.part"):
            shutil.rmtree(abandoned)
        self._run(["rm", "--all"])

    def _has(self, reference: str) -> bool:
        command = [*self._program(), "inspect", "--type=image", reference]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _program(self) -> list[str]:
        store = [f"--root={self.cache / 'store'}", f"--runroot={self.cache / 'run'}"]
        return [*APART, "buildah", *store, f"--storage-driver={_storage_driver(self.cache)}"]

    def _run(self, arguments: list[str]) -> None:
        # Chroot isolation needs no container runtime and no cgroup.
        run_logged([*self._program(), *arguments], self.log, {"BUILDAH_ISOLATION": "chroot"})


def _storage_driver(folder: Path) -> str:
    """Overlays cannot be stacked on a container's own overlay: whole copies work there, with more disk."""
    kind = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(folder)], capture_output=True, check=True
    )
    return "vfs" if b"overlay" in kind.stdout else "overlay"
