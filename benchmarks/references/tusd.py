"""tusd, the reference of resumable uploads: it neither hashes nor syncs what it takes."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Tree, free_port, listening, serving
from benchmarks.programs import tusd as tusd_program

UPLOADS = "/files/"


@dataclass(frozen=True)
class Tusd:
    """A running tusd and the folder that its uploads come into."""

    port: int
    tree: Tree
    folder: Path


@contextmanager
def tusd(folder: Path) -> Iterator[Tusd]:
    """tusd without its log, hooks and metrics, for the block."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    options = ["-host", "127.0.0.1", "-port", str(port), "-upload-dir", str(folder), "-base-path", UPLOADS]
    options += ["-verbose=false", "-expose-metrics=false", "-expose-pprof=false"]
    log = folder.with_suffix(".log")
    with serving([tusd_program(), *options], log=log, ready=listening(port)) as tree:
        yield Tusd(port, tree, folder)
