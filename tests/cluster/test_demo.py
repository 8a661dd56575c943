"""The demo as a newcomer meets it, in a fresh copy: `make demo`, the lines it prints, `make demo-down`."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from images.recipe import REPOSITORY_ROOT
from launcher import clusters
from launcher.cluster import Shape
from launcher.fixtures import lacking
from launcher.progress import LackError

pytestmark = pytest.mark.node

NOT_IN_A_CLONE = (".git", ".venv*", "build", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Clone:
    """A copy of the project whose clusters keep their state to themselves."""

    folder: Path
    state: Path

    def run(self, *command: str) -> str:
        environment = {**os.environ, "XDG_STATE_HOME": str(self.state)}
        environment.pop("KUBECONFIG", None)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=540,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def traces() -> set[str]:
    """What a cluster could leave on its machine: links, mounts, cgroups, nftables, network namespaces."""
    links = [path.name for path in Path("/sys/class/net").iterdir()]
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    cgroups = [str(path) for path in Path("/sys/fs/cgroup").glob("**/mediavault-*")]
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    named = [str(path) for path in Path("/run/netns").glob("*")]
    return {*links, *mounts, *cgroups, *tables.splitlines(), *named}


def processes_of(clone: Clone) -> list[str]:
    commands = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    return [
        text
        for text in (command.decode().replace("\0", " ") for command in commands)
        if str(clone.state) in text
    ]


@pytest.fixture(scope="module")
def before() -> set[str]:
    return traces()


@pytest.fixture(scope="module")
def clone(before: set[str]) -> Iterator[Clone]:
    try:
        clusters.prepare(Shape.NODE)
    except LackError as error:
        lacking(error)
    with tempfile.TemporaryDirectory(prefix="mediavault-demo-") as folder:
        clone = Clone(Path(folder) / "clone", Path(folder) / "state")
        shutil.copytree(REPOSITORY_ROOT, clone.folder, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
        try:
            yield clone
        finally:
            clone.run("make", "demo-down")


@pytest.fixture
def said(clone: Clone) -> str:
    return clone.run("make", "demo")


def pasted(clone: Clone, said: str) -> list[str]:
    return [clone.run("bash", "-c", line) for line in re.findall(r"^curl .*$", said, flags=re.MULTILINE)]


def test_the_three_lines_upload_a_photo_list_it_and_seek_in_the_video(clone: Clone, said: str) -> None:
    uploaded, listed, sought = pasted(clone, said)
    photo = json.loads(uploaded)
    assert photo["type"] == "image/jpeg"
    assert [each["thumbnail"] for each in json.loads(listed) if each["id"] == photo["id"]] == [
        photo["thumbnail"]
    ]
    assert sought.startswith("HTTP/1.1 206")
    assert "bytes 200000-200999/" in sought


def test_the_password_is_where_the_demo_says(clone: Clone, said: str) -> None:
    line = re.search(r"^Password: +(.*)$", said, flags=re.MULTILINE)
    user = re.search(r"^User: +(.*)$", said, flags=re.MULTILINE)
    url = re.search(r"^URL: +(.*)$", said, flags=re.MULTILINE)
    assert line
    assert user
    assert url
    password = clone.run("bash", "-c", line[1])
    form = ("-d", f"username={user[1]}", "--data-urlencode", f"password={password}")
    assert "token" in json.loads(clone.run("curl", "-sS", *form, f"{url[1]}/api/auth/token/"))


def test_a_second_demo_reuses_everything_within_two_minutes(clone: Clone, said: str) -> None:
    started = time.monotonic()
    again = clone.run("make", "demo")
    assert time.monotonic() - started < 120
    assert re.findall(r"^URL: .*$", again, flags=re.MULTILINE) == re.findall(
        r"^URL: .*$", said, flags=re.MULTILINE
    )


def test_the_end_of_the_demo_leaves_nothing_behind(clone: Clone, said: str, before: set[str]) -> None:
    assert processes_of(clone) != []
    clone.run("make", "demo-down")
    assert processes_of(clone) == []
    assert traces() - before == set()
    assert not (clone.folder / "build" / "demo").exists()
