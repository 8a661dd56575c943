"""Compiles the programs of a node from the Go modules pinned in tests/cluster/node, once per module state.

The result lies in the user's cache under a hash of everything that went in, so that a change of a pin or of a
source compiles anew and everything else is found ready.
"""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.exclusively import exclusively
from launcher.places import SOURCES, cache_folder
from launcher.progress import LackError, LauncherError, Ticker, say

KUBERNETES = "v1.36.3"
HELM = "v4.3.1"
_VERSION = "k8s.io/component-base/version"
_KUBERNETES_FLAGS = (
    f"-X {_VERSION}.gitVersion={KUBERNETES} -X {_VERSION}.gitMajor=1 -X {_VERSION}.gitMinor=36 "
    f"-X {_VERSION}.gitTreeState=clean -X k8s.io/client-go/pkg/version.gitVersion={KUBERNETES} "
    f"-X helm.sh/helm/v4/internal/version.version={HELM}"
)


@dataclass(frozen=True)
class Target:
    """One `go build`: which packages, and which program names come out of it."""

    title: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]
    minutes: str
    link_flags: str = ""
    tags: str = ""
    names_of_one: bool = False


TARGETS = (
    Target(
        title="Kubernetes, etcd, kubectl and helm",
        packages=("./kubernetes",),
        programs=(
            *("etcd", "helm", "kube-apiserver", "kube-controller-manager"),
            *("kube-proxy", "kube-scheduler", "kubectl", "kubelet"),
        ),
        minutes="about 9 minutes on two cores",
        link_flags=_KUBERNETES_FLAGS,
        names_of_one=True,
    ),
    Target(
        title="containerd, CoreDNS and the pause program",
        packages=("tool", "./coredns", "./pause"),
        programs=("containerd", "containerd-shim-runc-v2", "ctr", "coredns", "pause"),
        minutes="about 2 minutes on two cores",
        tags="no_btrfs,no_devmapper,no_zfs",
    ),
)


def compiled(program: str) -> Path | None:
    """The compiled program if it stands in the cache."""
    path = _folder() / program
    return path if path.exists() else None


def compile_programs(wanted: frozenset[str]) -> None:
    """Compile what is not in the cache yet; LauncherError says why it cannot be."""
    if all(compiled(program) for program in wanted):
        return
    go = shutil.which("go")
    if go is None:
        raise LackError(
            f"Go is not installed, and {', '.join(sorted(wanted))} must be compiled. Install Go 1.26 or "
            "newer, or put the programs into a folder and name it in KUBEBUILDER_ASSETS."
        )
    with exclusively(_folder().with_suffix(".lock"), "compiling"):
        for target in TARGETS:
            needed = wanted.intersection(target.programs)
            if any(compiled(program) is None for program in needed):
                _compile(go, target)


def _folder() -> Path:
    digest = hashlib.sha256(repr(TARGETS).encode())
    for source in sorted(SOURCES.rglob("*")):
        if source.is_file():
            digest.update(source.relative_to(SOURCES).as_posix().encode() + b"\0" + source.read_bytes())
    return cache_folder() / "programs" / f"{digest.hexdigest()[:12]}-{os.uname().machine}"


def _compile(go: str, target: Target) -> None:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    say(f"compiling {target.title}: {target.minutes} the first time")
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    output = fresh / "cluster" if target.names_of_one else fresh
    command = [
        *(go, "build", "-v", "-trimpath", "-mod=readonly", "-buildvcs=false"),
        *("-tags", target.tags, "-ldflags", f"-s -w {target.link_flags}".strip()),
        *("-o", f"{output}/" if output.is_dir() else str(output), *target.packages),
    ]
    _run_with_progress(command, target)
    for built in fresh.iterdir():
        built.replace(folder / built.name)
    fresh.rmdir()
    if target.names_of_one:
        for program in target.programs:
            (folder / program).unlink(missing_ok=True)
            (folder / program).symlink_to("cluster")


def _run_with_progress(command: list[str], target: Target) -> None:
    environment = {**os.environ, "CGO_ENABLED": "0"}
    listed = subprocess.run(
        [command[0], "list", "-mod=readonly", "-tags", target.tags, "-deps", *target.packages],
        cwd=SOURCES, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        raise LauncherError(f"the Go modules cannot be read or downloaded:\n{listed.stderr[-2000:]}")
    total = len(listed.stdout.split())
    ticker = Ticker()
    said: list[str] = []
    with subprocess.Popen(command, cwd=SOURCES, env=environment, stderr=subprocess.PIPE, text=True) as build:
        for line in build.stderr or ():
            said.append(line)
            ticker.show(f"compiling {target.title}: {len(said)} of at most {total} packages")
    ticker.close()
    if build.returncode:
        raise LauncherError(f"compiling {target.title} failed:\n{''.join(said[-30:])}")
    say(f"compiled {target.title} in {ticker.seconds / 60:.1f} minutes")
