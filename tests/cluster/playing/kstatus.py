"""Compiles the small Go program around kstatus, Flux's library, once per state of its sources."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from launcher.exclusively import exclusively
from launcher.places import IMPORT_ROOT, cache_folder
from launcher.progress import LackError, say

_SOURCES = IMPORT_ROOT / "kstatus"


def kstatus() -> Path:
    """The program, compiled first where it is not in the cache; LackError where Go is missing."""
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sorted(_SOURCES.iterdir())))
    program = cache_folder() / "kstatus" / f"{digest.hexdigest()[:12]}-{os.uname().machine}"
    with exclusively(program.with_suffix(".lock"), "compiling"):
        if not program.exists():
            _compile(program)
    return program


def _compile(program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise LackError(
            "Go is not installed, and kstatus, by which Flux judges, is a Go library. Install Go."
        )
    say("compiling kstatus: about a minute on two cores the first time")
    fresh = program.with_suffix(".fresh")
    command = [go, "build", "-trimpath", "-mod=readonly", "-buildvcs=false", "-o", str(fresh), "."]
    subprocess.run(command, cwd=_SOURCES, check=True)
    fresh.replace(program)
