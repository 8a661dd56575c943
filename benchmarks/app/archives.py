"""A zip of 1,000 files, streamed, beside Info-ZIP's `zip -0` into a pipe."""

import io
import os
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks import vault
from benchmarks.content import unique
from benchmarks.instance import Instance, fresh_instance
from benchmarks.machine import pinned, server_cpu
from benchmarks.measure import Finding, Goal, Sample, Void, absolute, costs
from benchmarks.pairs import Run
from benchmarks.postgres import postgres
from benchmarks.processes import sample
from benchmarks.programs import program

_FILES: Final = 1000
_SIZE: Final = 256 * 1024
_PIECE: Final = 1024 * 1024


def archives(run: Run) -> Iterator[Finding]:
    """CPU of a whole zip."""
    folder = _files(run.folder / "content" / "thousand")
    with postgres(run.folder) as server, fresh_instance(server, run.folder / "vault") as ours:
        with ours.client() as client:
            place = vault.make_folder(client, "thousand")
            for file in sorted(folder.iterdir()):
                vault.upload(client, file, file.name, folder=place)
        path = f"/api/zip/?folders={place}"
        pairs = run.alternate(
            lambda: _ours(ours, path), lambda: _info_zip(folder), lambda: _compare(ours, path, folder)
        )
    work = f"zip of {_FILES:,} files: CPU"
    yield Finding(work, "Info-ZIP zip -0, piped", Goal(1.5), costs(pairs), absolute(pairs, "ms", 1000))


def _files(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(_FILES):
        file = folder / f"{number:04}.bin"
        if not file.exists():
            file.write_bytes(unique() * (_SIZE // len(unique())))
    return folder


def _ours(ours: Instance, path: str) -> Sample:
    def work() -> float:
        with ours.client() as client:
            client.drain(path)
        return 1

    return sample(ours.trees, work)


def _info_zip(folder: Path) -> Sample:
    command = pinned(server_cpu(), [program("zip"), "-0", "-q", "-r", "-", folder.name])
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder.parent, stdout=subprocess.PIPE, bufsize=0)
    assert process.stdout is not None
    buffer = bytearray(_PIECE)
    with process.stdout as output:
        while output.readinto(buffer):  # type: ignore[attr-defined]
            pass
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Void(f"zip ended with status {process.returncode}")
    return Sample(cpu=used.ru_utime + used.ru_stime, wall=time.monotonic() - started, work=1)


def _compare(ours: Instance, path: str, folder: Path) -> None:
    with ours.client() as client:
        answer = client.ask("GET", path)
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        found = {Path(each.filename).name: each.CRC for each in archive.infolist() if not each.is_dir()}
        if archive.testzip() or sorted(found) != sorted(file.name for file in folder.iterdir()):
            raise Void("the zip does not hold what the folder holds")
