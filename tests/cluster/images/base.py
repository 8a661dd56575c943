"""The base image where no registry answers: Debian's smallest system with Python, by debootstrap.

Users build on the official slim image, which is the Dockerfiles' default.
"""

import hashlib
import shutil
from pathlib import Path

from images.command import APART, run_logged
from launcher.progress import say

SUITE = "trixie"
PACKAGES = ("ca-certificates", "passwd", "python3", "python3-venv")
TAKES = "1 to 3 minutes"

# Nobody reads manuals in a container; licences stay, as they must go where the programs go.
_UNREAD = ("man", "info", "locale", "lintian", "doc-base")
_LEAN_DPKG = "".join(
    [f"path-exclude=/usr/share/{folder}/*\n" for folder in _UNREAD]
    + ["path-exclude=/usr/share/doc/*\n", "path-include=/usr/share/doc/*/copyright\n"]
)
_FOLDERS_TO_EMPTY = ("var/cache/apt", "var/lib/apt/lists", "var/log")
_HOST_FILES = ("etc/hostname", "etc/resolv.conf", "etc/machine-id")


def base_key() -> str:
    """Twelve hexadecimal digits that change when the way the base is made changes."""
    made_from = (SUITE, PACKAGES, _LEAN_DPKG, _FOLDERS_TO_EMPTY, _HOST_FILES)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:12]


def make_base(archive: Path, log: Path) -> None:
    """Write the base's root file system to the tar file `archive`, through a folder beside it; needs root."""
    say(f"making a Debian {SUITE} base with Python by debootstrap, about {TAKES}")
    root = archive.parent / "root"
    apart = [*APART, "--pid", "--fork", "--kill-child"]
    run_logged(
        [*apart, "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root)],
        log,
    )
    _make_lean(root)
    run_logged(
        [
            "tar",
            "--create",
            "--numeric-owner",
            "--sort=name",
            f"--directory={root}",
            f"--file={archive}",
            ".",
        ],
        log,
    )


def _make_lean(root: Path) -> None:
    (root / "etc/dpkg/dpkg.cfg.d/lean").write_text(_LEAN_DPKG, encoding="utf-8")
    for folder in _UNREAD:
        shutil.rmtree(root / "usr/share" / folder, ignore_errors=True)
    for path in (root / "usr/share/doc").rglob("*"):
        if path.name != "copyright" and (path.is_symlink() or path.is_file()):
            path.unlink()
    for folder in _FOLDERS_TO_EMPTY:
        for entry in (root / folder).iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for name in _HOST_FILES:
        (root / name).unlink(missing_ok=True)
