"""What building images needs on this machine, and how to get it."""

import os
import shutil
from pathlib import Path

from images.engine import Docker
from launcher.lacks import Lack, explain, install
from launcher.progress import LackError

# Program on the PATH -> Debian package that has it.
_PROGRAMS = {
    "buildah": "buildah",
    "debootstrap": "debootstrap",
    "setpriv": "util-linux",
    "unshare": "util-linux",
    "tar": "tar",
}
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def require_builder() -> None:
    """Make sure that images can be built here; as root on Debian, install what is missing for that."""
    install(image_lacks())
    if lacks := image_lacks():
        raise LackError(f"{explain(lacks)} Where a Docker engine answers, none of this is needed.")


def image_lacks() -> tuple[Lack, ...]:
    """What building images needs and this machine does not have: nothing where a Docker engine answers."""
    if Docker.answers():
        return ()
    lacks = [
        Lack(f"the command {name}", package) for name, package in _PROGRAMS.items() if not shutil.which(name)
    ]
    if not _KEYRING.exists():
        lacks.append(Lack("the keys of Debian's archive", "debian-archive-keyring"))
    if os.geteuid() != 0:
        lacks.append(Lack("root: debootstrap makes devices and owners. Run it with sudo"))
    return tuple(lacks)
