"""The cage of programs, tried from inside by a real process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PREPARED = """
import os, socket, sys, threading
from mediavault.vault.media.recipe import PROGRAM
from mediavault.vault.media.sandbox import enter_for_program
path, other, reopens_output = sys.argv[1:]
opened, parent = socket.socket(), os.getppid()
enter_for_program(PROGRAM, reopens_output=reopens_output == "True")
def tried(act):
    try:
        act()
    except OSError as error:
        os.write(1, error.strerror.encode())
    else:
        os.write(1, b"DONE")
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "source").write_text("the source")
    (folder / "other").write_text("another's")
    (folder / "other").chmod(0o755)
    return folder / "source"


def caged(
    code: str, source: Path, *, reopens_output: bool = False, output: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    with source.open("rb") as file:
        return subprocess.run(
            [
                *(sys.executable, "-c", PREPARED + code + "\nos._exit(0)"),
                *(source, source.with_name("other"), str(reopens_output)),
            ],
            stdin=file,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.mark.parametrize(
    "act",
    [
        "os.write(1, os.read(os.open('/proc/self/fd/0', os.O_RDONLY), 10))",
        "os.open('/usr/bin/env', os.O_RDONLY)",
        "threading.Thread(target=print).start()",
    ],
)
def test_the_source_the_programs_and_threads_can_be_had(act: str, source: Path) -> None:
    ended = caged(f"tried(lambda: {act})", source)
    assert ended.stdout.strip().endswith("DONE"), ended.stderr


def test_one_that_writes_to_a_path_can_open_its_output_in_memory(source: Path) -> None:
    output = os.memfd_create("output")
    code = "descriptor = os.open('/proc/self/fd/1', os.O_WRONLY | os.O_CREAT | os.O_TRUNC)"
    ended = caged(f"{code}\nos.write(descriptor, b'DONE')", source, reopens_output=True, output=output)
    assert os.pread(output, 10, 0) == b"DONE", ended.stderr
    os.close(output)


def test_what_it_becomes_runs(source: Path) -> None:
    ended = caged("os.execv('/usr/bin/env', ['env', '--version'])", source)
    assert "coreutils" in ended.stdout, ended.stderr


@pytest.mark.parametrize(
    "act",
    [
        "socket.socket()",
        "socket.socketpair()",
        "opened.connect(('127.0.0.1', 80))",
        "opened.bind(('127.0.0.1', 0))",
        "opened.sendto(b'x', ('127.0.0.1', 80))",
        "os.open(other, os.O_RDONLY)",
        "os.open('/etc/passwd', os.O_RDONLY)",
        "os.open(f'/proc/{parent}/environ', os.O_RDONLY)",
        "os.open('/proc/self/fd/0', os.O_RDWR)",
        "os.open(path, os.O_WRONLY)",
        "os.open(path + '2', os.O_RDONLY | os.O_CREAT)",
        "os.unlink(path)",
        "os.rename(path, path + '2')",
        "os.mkdir(path + '3')",
        "os.symlink('/', path + '4')",
        "os.truncate(path, 0)",
        "os.chmod(path, 0o777)",
        "os.kill(os.getpid(), 9)",
        "os.fork()",
        "os.posix_spawn('/usr/bin/env', ['env'], {})",
        "os.execv(other, ['other'])",
        "open(other, 'w')",
        "open(path, 'w')",
        "open(path + '5', 'w')",
        "open('/proc/self/comm', 'w')",
    ],
)
@pytest.mark.parametrize("reopens_output", [False, True])
def test_network_other_files_and_processes_are_out_of_reach(
    act: str, source: Path, reopens_output: bool
) -> None:
    ended = caged(f"tried(lambda: {act})", source, reopens_output=reopens_output)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout in ("Operation not permitted", "Permission denied")
    assert sorted(each.name for each in source.parent.iterdir()) == ["other", "source"]
    assert (source.read_text(), source.with_name("other").read_text()) == ("the source", "another's")
