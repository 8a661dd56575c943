"""Turns the namespaces a supervisor was started in into a node's own small machine.

The mounts made here are seen by this node's processes only and vanish with the last of them. The settings of
the kernel that a kubelet would change for the whole machine are covered by files that hold what it wants.
"""

import socket
import subprocess
from pathlib import Path

from launcher.plan import Isolation

_KUBELET_SYSCTLS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


def isolate(isolation: Isolation, folder: Path) -> None:
    """Make the mounts, the host name and the kernel settings of a node, in the caller's own namespaces."""
    _mount("--make-rshared", "/")
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    Path("/run/lock").mkdir()
    for source, target in isolation.binds:
        _mount("--bind", source, target)
    _mount("-t", "proc", "proc", "/proc")
    covers = folder / "sysctls"
    for key, value in _KUBELET_SYSCTLS.items():
        _cover(Path("/proc/sys", key), covers / key.replace("/", "."), value)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="ascii")
    socket.sethostname(isolation.hostname)


def _cover(setting: Path, cover: Path, value: str) -> None:
    if not setting.exists():
        return
    cover.parent.mkdir(exist_ok=True)
    cover.write_text(f"{value}\n", encoding="ascii")
    _mount("--bind", str(cover), str(setting))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
