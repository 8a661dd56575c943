"""The cage, tried from inside by real processes."""

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mediavault.vault.media import sandbox
from mediavault.vault.media.recipe import CHILD

PREPARED = """
import ctypes, os, socket, sys
from mediavault.vault.media.recipe import Limits
from mediavault.vault.media.sandbox import enter
libc = ctypes.CDLL(None, use_errno=True)
opened = socket.socket()
path = sys.argv[1]
def tried(act):
    try:
        act()
    except OSError as error:
        os.write(1, f"{error.errno}".encode())
    else:
        os.write(1, b"DONE")
enter(Limits(address_space=512 << 20, output=1000, cpu_seconds=1, wall_seconds=5))
"""


def caged(code: str, path: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", PREPARED + code + "\nos._exit(0)", str(path)],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(
    "act",
    [
        "socket.socket()",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "opened.connect(('127.0.0.1', 80))",
        "opened.bind(('127.0.0.1', 0))",
        "opened.listen()",
        "opened.sendto(b'x', ('127.0.0.1', 80))",
        "os.open('/etc/hostname', os.O_RDONLY)",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "os.unlink(path)",
        "os.rename(path, path + '2')",
        "os.mkdir(path + '3')",
        "os.symlink('/', path + '4')",
        "os.truncate(path, 0)",
        "os.chmod(path, 0o777)",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 9)",
        "os.listdir('/')",
        "os.dup(1)",
    ],
)
def test_network_files_and_processes_are_out_of_reach(act: str, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    path = folder / "file"
    path.write_text("kept")
    ended = caged(f"tried(lambda: {act})", path)
    assert (ended.stdout, ended.returncode) == (b"1", 0), ended.stderr
    assert path.read_text() == "kept"
    assert [each.name for each in folder.iterdir()] == ["file"]


def test_an_asynchronous_ring_is_no_way_around(tmp_path: Path) -> None:
    ended = caged("os.write(1, f'{libc.syscall(425, 8, 0)} {ctypes.get_errno()}'.encode())", tmp_path)
    assert ended.stdout == b"-1 1"


def test_memory_beyond_the_limit_is_an_error_inside(tmp_path: Path) -> None:
    code = "try: bytearray(600 * 1024 * 1024)\nexcept MemoryError: os.write(1, b'refused')"
    assert caged(code, tmp_path).stdout == b"refused"


def test_time_beyond_the_limit_kills(tmp_path: Path) -> None:
    assert caged("while True: pass", tmp_path).returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_what_is_open_may_be_read_and_written(tmp_path: Path) -> None:
    ended = caged("os.write(1, b'written')", tmp_path)
    assert (ended.stdout, ended.returncode) == (b"written", 0), ended.stderr


def test_a_file_grows_no_further_than_to_the_limit(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with kept.open("wb") as output:
        code = "tried(lambda: [os.write(2, b'x' * 600) for _ in range(3)])"
        subprocess.run(
            [sys.executable, "-c", PREPARED + code + "\nos._exit(0)", str(tmp_path)],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            stderr=output,
            check=False,
            timeout=30,
        )
    assert kept.stat().st_size == 1000


def test_an_unknown_machine_is_refused_before_anything_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    with pytest.raises(sandbox.SandboxUnavailable, match="vax"):
        sandbox.enter(CHILD)
