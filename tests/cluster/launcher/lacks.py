"""What this machine lacks for a cluster, and how to get it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.progress import LauncherError, say

CNI_FOLDERS = (Path("/usr/lib/cni"), Path("/opt/cni/bin"), Path("/usr/libexec/cni"))
_CNI_PLUGINS = ("host-local", "loopback", "ptp")
_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, and the Debian package that has it, if one has."""

    what: str
    package: str = ""


def control_plane_lacks() -> tuple[Lack, ...]:
    """What a control plane without a node needs and this machine does not have."""
    return _missing_commands({"openssl": "openssl"})


def node_lacks() -> tuple[Lack, ...]:
    """What a node that runs pods needs and this machine does not have."""
    lacks = list(control_plane_lacks())
    if os.geteuid() != 0:
        lacks.append(Lack("root: pods need namespaces, mounts and cgroups. Run it with sudo"))
    lacks += _missing_commands(
        {
            "ip": "iproute2",
            "mount": "mount",
            "nft": "nftables",
            "nsenter": "util-linux",
            "runc": "runc",
            "unshare": "util-linux",
        }
    )
    if cni_folder() is None:
        lacks.append(Lack(f"the CNI plugins {', '.join(_CNI_PLUGINS)}", "containernetworking-plugins"))
    if not Path("/sys/fs/cgroup/cgroup.controllers").exists() and not Path("/sys/fs/cgroup/memory").is_dir():
        lacks.append(Lack("cgroups, mounted under /sys/fs/cgroup"))
    return tuple(lacks)


def cni_folder() -> Path | None:
    """The folder that has every CNI plugin a node uses."""
    complete = (folder for folder in CNI_FOLDERS if all((folder / name).exists() for name in _CNI_PLUGINS))
    return next(complete, None)


def explain(lacks: tuple[Lack, ...]) -> str:
    """Sentences that name every lack and, where packages remedy it, the command."""
    text = "This machine lacks " + "; ".join(lack.what for lack in lacks) + "."
    packages = _packages(lacks)
    if packages:
        text += f" On Debian and Ubuntu: apt-get install -y {' '.join(packages)}"
        text += " (as root, the launcher does it itself with --install)."
    return text


def install(lacks: tuple[Lack, ...]) -> None:
    """Install the packages that remedy these lacks, as root on a machine with apt-get; else do nothing."""
    packages = _packages(lacks)
    apt = shutil.which("apt-get")
    if not packages or apt is None or os.geteuid() != 0:
        return
    say(f"installing {' '.join(packages)}")
    for arguments in (("update", "-q"), ("install", "-y", "-q", "--no-install-recommends", *packages)):
        done = subprocess.run(
            [apt, *arguments], capture_output=True, text=True, env={**os.environ, **_ENVIRONMENT}, check=False
        )
        if done.returncode:
            raise LauncherError(f"apt-get {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")


def _packages(lacks: tuple[Lack, ...]) -> tuple[str, ...]:
    return tuple(sorted({lack.package for lack in lacks if lack.package}))


def _missing_commands(packages: dict[str, str]) -> tuple[Lack, ...]:
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    missing = (name for name in packages if shutil.which(name, path=search) is None)
    return tuple(Lack(f"the command {name}", packages[name]) for name in missing)
