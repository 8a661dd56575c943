"""A writer killed before or after any step of storing leaves either the whole object or none."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import blob_key

CONTENT = bytes(range(256)) * 2048
KEY = blob_key(7, hashlib.sha256(CONTENT).hexdigest())

COUNTING = """
import hashlib, os, sys
from pathlib import Path
import steps
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import blob_key

steps.count_steps_on_disk()
steps.choose(sys.argv[2])
store = FileStore(Path(sys.argv[1]))
"""

# Stores the content and says so.
WRITER = """
content = bytes(range(256)) * 2048
with store.create_temporary() as temporary:
    for start in range(0, len(content), 65536):
        temporary.write(content[start : start + 65536])
    temporary.finish()
    store.publish(temporary, key=blob_key(7, hashlib.sha256(content).hexdigest()))
print(" ".join(steps.taken()))
"""

# Goes on with a suspended temporary, and says how far it has come whenever that is safe.
RESUMER = """
with store.resume_temporary(sys.argv[3], size=1000) as temporary:
    temporary.write(b"a" * 1000)
    temporary.checkpoint()
    os.write(1, b"2000 ")
    temporary.write(b"b" * 1000)
    temporary.suspend()
    os.write(1, b"3000 ")
"""


def run(
    root: Path, when: str, last: int, *, code: str = WRITER, name: str = ""
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COUNTING + code, str(root), f"{when}:{last}", name]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    done = run(tmp_path_factory.mktemp("undisturbed"), "never", 0)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bytes_are_on_the_disk_before_their_name_and_the_name_before_the_answer(steps: list[str]) -> None:
    written = max(at for at, step in enumerate(steps) if step == "pwrite")
    renamed = steps.index("rename")
    assert "fsync" in steps[written:renamed]
    assert steps[renamed + 1] == "fsync"


def test_every_new_folder_is_on_the_disk_before_it_is_used(steps: list[str]) -> None:
    made = [at for at, step in enumerate(steps) if step == "mkdir"]
    assert len(made) == 4
    assert all(steps[at + 1] == "fsync" for at in made)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_leaves_the_whole_object_or_none(
    steps: list[str], tmp_path: Path, when: str
) -> None:
    visible = set()
    for last in range(1, len(steps) + 1):
        root = tmp_path / f"{when}-{last}"
        root.mkdir()
        killed = run(root, when, last)
        assert killed.returncode == -9
        assert killed.stdout == ""
        store = FileStore(root)
        if store.exists(KEY):
            visible.add(last)
            with store.open(KEY) as source:
                assert source.read() == CONTENT
        store.sweep_temporaries(now=time.time() + 601, keep=())
        assert list((root / "incoming").iterdir() if (root / "incoming").exists() else []) == []
        assert run(root, "never", 0).returncode == 0
        assert store.exists(KEY)
    renamed = steps.index("rename") + 1
    assert min(visible) == (renamed if when == "after" else renamed + 1)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_of_a_resumed_upload_loses_nothing_that_was_acknowledged(
    tmp_path: Path, when: str
) -> None:
    whole = b"0" * 1000 + b"a" * 1000 + b"b" * 1000
    reached = set()
    for last in range(1, 100):
        root = tmp_path / str(last)
        root.mkdir()
        store = FileStore(root)
        with store.create_temporary() as temporary:
            temporary.write(whole[:1000])
            temporary.suspend()
        ended = run(root, when, last, code=RESUMER, name=temporary.name)
        acknowledged = int((ended.stdout.split() or ["1000"])[-1])
        reached.add(acknowledged)
        with store.resume_temporary(temporary.name, size=acknowledged) as resumed:
            resumed.write(whole[acknowledged:])
            resumed.finish()
            assert resumed.sha256 == hashlib.sha256(whole).hexdigest()
        if ended.returncode == 0:
            break
        assert ended.returncode == -9, ended.stderr
    assert reached == {1000, 2000, 3000}
