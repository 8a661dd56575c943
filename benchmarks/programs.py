"""The programs that rows need, or the plain words of what is lacking."""

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.measure import NotAvailable

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "benchmarks"
_TUSD = Path(__file__).parent / "references" / "tusd"
_GO_OPERATOR = Path(__file__).parent / "references" / "go_operator"
_TUSD_COMMAND = "github.com/tus/tusd/v2/cmd/tusd"
SEARCH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/go/bin"])
_PACKAGES = {
    "nginx": "nginx",
    "wrk": "wrk",
    "ffmpeg": "ffmpeg",
    "zip": "zip",
    "psql": "postgresql-client",
    "taskset": "util-linux",
    "setpriv": "util-linux",
}


def program(name: str) -> str:
    """Where this program is; NotAvailable names the Debian package that has it."""
    found = shutil.which(name, path=SEARCH)
    if found is None:
        raise NotAvailable(f"{name} is lacking: apt-get install {_PACKAGES.get(name, name)}")
    return found


def postgres_programs() -> Path:
    """The folder of the newest PostgreSQL server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise NotAvailable("a PostgreSQL server is lacking: apt-get install postgresql")
    return found[-1].parent


def tusd() -> str:
    """The tus server of the version that its go.mod names, compiled into build/ the first time."""
    return _compiled("tusd", _TUSD, _TUSD_COMMAND)


def go_operator() -> str:
    """The operator on controller-runtime, compiled into build/ the first time."""
    return _compiled("go_operator", _GO_OPERATOR, ".")


def _compiled(name: str, folder: Path, package: str) -> str:
    target = BUILD / name
    if not target.exists():
        go = shutil.which("go", path=SEARCH)
        if go is None:
            raise NotAvailable(f"Go is lacking, which compiles {name}")
        print(f"compiling {name}", flush=True)
        built = subprocess.run(
            [go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", str(target), package],
            cwd=folder,
            env={**os.environ, "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            raise NotAvailable(f"{name} cannot be compiled: {built.stderr[-500:]}")
    return str(target)
