"""Makes a virtual environment: `python tests/environment.py FOLDER REQUIREMENTS VERSION...`.

REQUIREMENTS is the name of a lock in requirements/, as in `dev`. The first of the versions that is found, on
the PATH or in pyenv, is taken. This runs before anything is installed, on the standard library alone.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

LOCKS = Path(__file__).resolve().parents[1] / "requirements"


def main() -> int:
    folder, lock, versions = Path(sys.argv[1]), LOCKS / f"{sys.argv[2]}.txt", sys.argv[3:]
    stamp = folder / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8") == wanted
        and runs(str(folder / "bin" / "python"))
    ):
        return 0
    python = find_python(versions)
    if python is None:
        print(f"Python {' or '.join(versions)} was found neither on the PATH nor in pyenv", file=sys.stderr)
        return 1
    if not runs(str(folder / "bin" / "python")):
        create(folder, python)
    print(f"Installing {lock.name} into {folder}, up to three minutes", flush=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return 0


def find_python(versions: Sequence[str]) -> str | None:
    """The interpreter of the first version that is here and runs, or None."""
    return next((path for version in versions for path in candidates(version) if runs(path)), None)


def candidates(version: str) -> Iterator[str]:
    """Where an interpreter of a version such as 3.11 may be, the most likely place first."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    releases = sorted(pyenv.glob(f"{version}.*/bin/python"), key=_release, reverse=True)
    yield from map(str, releases)


def _release(python: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", python.parts[-3])]


def runs(python: str) -> bool:
    """Whether this interpreter starts: pyenv's shims do not for versions that are not chosen."""
    if not Path(python).exists():
        return False
    return subprocess.run([python, "-c", "import ssl"], capture_output=True, check=False).returncode == 0


def create(folder: Path, python: str) -> None:
    """A fresh virtual environment in `folder`; on Debian, root gets the package that makes it possible."""
    print(f"Making {folder} with {python}", flush=True)
    made = subprocess.run(
        [python, "-m", "venv", "--clear", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode and "ensurepip" in made.stdout and os.geteuid() == 0 and shutil.which("apt-get"):
        package = f"{Path(os.path.realpath(python)).name}-venv"
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True)
        made = subprocess.run(
            [python, "-m", "venv", "--clear", str(folder)], capture_output=True, text=True, check=False
        )
    if made.returncode:
        sys.exit(f"{python} -m venv failed:\n{made.stdout}{made.stderr}")


if __name__ == "__main__":
    sys.exit(main())
