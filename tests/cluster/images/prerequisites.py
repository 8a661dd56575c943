"""What building images needs on this machine, and how to get it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

# Program on the PATH -> Debian package that has it.
_PACKAGES = {"buildah": "buildah", "debootstrap": "debootstrap", "unshare": "util-linux", "tar": "tar"}
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class PrerequisiteError(Exception):
    """This machine lacks something; the message says what, and what to do."""


def require_buildah(say: Callable[[str], None]) -> None:
    """Make sure that buildah and debootstrap can run here; install Debian packages where that is possible."""
    if os.geteuid() != 0:
        raise PrerequisiteError(
            "images are built by root, or by a Docker engine: run this with sudo, or start Docker"
        )
    missing = [package for program, package in _PACKAGES.items() if not shutil.which(program)]
    if not _KEYRING.exists():
        missing.append("debian-archive-keyring")
    if not missing:
        return
    names = " ".join(missing)
    if not shutil.which("apt-get"):
        raise PrerequisiteError(
            f"missing here: {names}. Install them with your package manager, or start Docker"
        )
    say(f"Installing {names} by apt-get, about a minute")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *missing]):
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
        )
        if result.returncode:
            raise PrerequisiteError(f"{' '.join(command)} failed: {result.stderr.strip()}")
