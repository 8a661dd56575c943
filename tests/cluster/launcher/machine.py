"""What a node changes on its machine, and undoing it: a link, a cgroup, an empty folder to mount over."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from launcher.addresses import NodeAddresses
from launcher.progress import LauncherError, wait_until

# The kubelet knows this path by heart. Each node lays a folder of its own over it, unseen by the machine. The
# empty folder below stays for good: removing it would unmount what lies over it in every other node.
KUBELET_FOLDER = Path("/var/lib/kubelet")
_CGROUPS = Path("/sys/fs/cgroup")
_CONTROLLERS = ("cpu", "cpuset", "hugetlb", "io", "memory", "pids")
_UPLINK = "uplink"


def link(pid: int, addresses: NodeAddresses) -> None:
    """Join the network namespace of this process to the machine's, and route the node's addresses to it."""
    remove_link(addresses)
    inside = ("nsenter", "--target", str(pid), "--net")
    own, its = addresses.host_interface, _UPLINK
    _run("ip", "link", "add", own, "type", "veth", "peer", "name", its, "netns", str(pid))
    _run(*inside, "ip", "link", "set", "lo", "up")
    _run(*inside, "ip", "address", "add", f"{addresses.node}/30", "dev", its)
    _run(*inside, "ip", "link", "set", its, "up")
    _run("ip", "address", "add", f"{addresses.host}/30", "dev", own)
    _run("ip", "link", "set", own, "up")
    _run(*inside, "ip", "route", "add", "default", "via", addresses.host)
    _run("ip", "route", "add", str(addresses.whole), "via", addresses.node, "dev", own)


def remove_link(addresses: NodeAddresses) -> None:
    """Remove the link; nothing happens when it has gone with its namespace."""
    interface = Path("/sys/class/net", addresses.host_interface)
    if interface.exists():
        subprocess.run(
            ["ip", "link", "delete", addresses.host_interface], capture_output=True, text=True, check=False
        )
    wait_until(lambda: not interface.exists(), what="the link of the node to go", seconds=10, pause=0.02)


def make_cgroup(cgroup: str) -> None:
    """Make the cgroup that holds a node's pods, in every hierarchy of the machine."""
    for hierarchy in _hierarchies():
        (hierarchy / cgroup.lstrip("/")).mkdir(exist_ok=True)
    if _is_second_version():
        for controller in _CONTROLLERS:
            # A group has only what its parent passes on, and not every kernel has every controller.
            with contextlib.suppress(OSError):
                (_CGROUPS / "cgroup.subtree_control").write_text(f"+{controller}", encoding="ascii")


def remove_cgroup(cgroup: str) -> None:
    """Remove the cgroup and all below it, once their processes have ended."""
    for hierarchy in _hierarchies():
        top = hierarchy / cgroup.lstrip("/")
        for folder, _folders, _files in os.walk(top, topdown=False):
            _remove_empty(Path(folder))


def _remove_empty(folder: Path) -> None:
    def gone() -> bool:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    wait_until(gone, what=f"the cgroup {folder} to be empty", seconds=10, pause=0.05)


def _hierarchies() -> Iterator[Path]:
    if _is_second_version():
        yield _CGROUPS
        return
    yield from (path for path in sorted(_CGROUPS.iterdir()) if path.is_dir() and not path.is_symlink())


def _is_second_version() -> bool:
    return (_CGROUPS / "cgroup.controllers").exists()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LauncherError(f"{' '.join(command)}: {done.stderr.strip()}")
