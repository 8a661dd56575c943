"""The images that Pillow tests itself with, crashes and bombs among them, as uploads."""

import random
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import PIL
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from full import FULL
from mediavault.vault.models import Blob, File

CORPORA = Path(__file__).resolve().parents[3] / "build" / "corpora"
SAMPLE = 60
DOWNLOAD_SECONDS = 300
NAMED = ("crash", "bomb", "timeout", "oom", "bad")


@pytest.fixture(scope="module")
def images() -> list[Path]:
    """The images of the source distribution of the Pillow that is installed; fetched once."""
    folder = CORPORA / f"pillow-{PIL.__version__}"
    if not folder.exists():
        CORPORA.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--no-binary", ":all:", "--dest", str(CORPORA), f"pillow=={PIL.__version__}"]
        subprocess.run(pip, check=True, timeout=DOWNLOAD_SECONDS)
        with tarfile.open(CORPORA / f"{folder.name}.tar.gz") as archive:
            archive.extractall(CORPORA, filter="data")
    found = sorted(path for path in (folder / "Tests" / "images").rglob("*") if path.is_file())
    if FULL:
        return found
    ill = [path for path in found if any(word in path.name for word in NAMED)]
    return [*random.Random(1).sample(found, SAMPLE), *random.Random(1).sample(ill, SAMPLE // 4)]


@pytest.mark.timeout(1800)
def test_every_image_is_taken_and_none_harms_the_app(as_ann: Any, images: list[Path]) -> None:
    assert len(images) > SAMPLE
    for number, image in enumerate(images):
        sent = SimpleUploadedFile(f"{number}-{image.name}", image.read_bytes())
        response = as_ann.post("/api/files/", {"file": sent}, format="multipart")
        assert response.status_code == 201, (image, response.content)
        file = response.json()
        assert as_ann.head(f"/api/files/{file['id']}/stream/").status_code == 200, image
        if file["thumbnail"]:
            assert as_ann.head(f"/api/files/{file['id']}/thumbnail/").status_code == 200, image
    assert File.objects.count() == len(images)
    assert Blob.objects.filter(has_thumbnail=True).count() > len(images) // 4
