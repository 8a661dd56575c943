"""What a tree of processes spends and holds, with real processes."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from benchmarks.processes import Tree, Watched, sample

# A parent whose child computes for a while, ends and is waited for, on each line that it is sent.
PARENT = """
import os, sys
held = bytearray(40_000_000)
for line in sys.stdin:
    child = os.fork()
    if not child:
        while os.times().user + os.times().system < 0.3:
            sum(range(1000))
        os._exit(0)
    os.waitpid(child, 0)
    print("done", flush=True)
"""


@pytest.fixture
def parent() -> Iterator["subprocess.Popen[str]"]:
    command = ["sh", "-c", f"exec 3<&0; {sys.executable} -c '{PARENT}' <&3 & wait"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()  # type: ignore[union-attr]


def work(process: "subprocess.Popen[str]") -> float:
    process.stdin.write("go\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    assert process.stdout.readline() == "done\n"  # type: ignore[union-attr]
    return 1


def test_children_that_came_and_went_are_counted(parent: "subprocess.Popen[str]") -> None:
    tree = Tree(parent.pid)
    work(parent)
    found = sample([tree], lambda: work(parent))
    assert 0.25 <= found.cpu <= 0.6
    assert found.wall >= 0.25


def test_memory_of_descendants_is_counted(parent: "subprocess.Popen[str]") -> None:
    work(parent)
    assert Tree(parent.pid).memory() > 40_000_000


def test_a_process_that_ended_spends_and_holds_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert (Tree(process.pid).cpu(), Tree(process.pid).memory()) == (0, 0)


def test_the_time_of_the_work_is_measured() -> None:
    def work() -> float:
        time.sleep(0.05)
        return 2.0

    found = sample([], work)
    assert found.wall >= 0.05
    assert found.work == 2.0


def test_the_highest_memory_of_a_block_is_seen() -> None:
    heights = iter([100, 100, 900, 300])
    seen = threading.Event()

    def memory() -> int:
        found = next(heights, 0)
        if not found:
            seen.set()
        return found

    with Watched(memory) as watched:
        assert seen.wait(10)
    assert watched.grown == 800
