"""Finds each program of a cluster: ready in KUBEBUILDER_ASSETS, else compiled."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.compiling import compile_programs, compiled
from launcher.progress import LauncherError, say

CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
NODE = (
    *CONTROL_PLANE,
    *("kube-scheduler", "kubelet", "kube-proxy", "helm"),
    *("containerd", "containerd-shim-runc-v2", "ctr", "coredns", "pause"),
)


@dataclass(frozen=True)
class Programs:
    """The programs of one cluster by name."""

    paths: Mapping[str, Path]

    def __getitem__(self, name: str) -> str:
        return str(self.paths[name])

    def search_path(self) -> str:
        """A value of PATH where these programs come first."""
        folders = dict.fromkeys(str(path.parent) for path in self.paths.values())
        return os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])


def find_programs(names: Iterable[str]) -> Programs:
    """Every named program, compiled first where it stands nowhere ready; LauncherError where that fails."""
    wanted = tuple(names)
    ready = _assets(wanted)
    missing = frozenset(wanted) - ready.keys()
    if ready and missing:
        say(f"KUBEBUILDER_ASSETS lacks {', '.join(sorted(missing))}")
    compile_programs(missing)
    paths = dict(ready)
    for name in missing:
        path = compiled(name)
        if path is None:
            raise LauncherError(f"{name} was not among what was compiled")
        paths[name] = path
    return Programs(paths={name: paths[name] for name in wanted})


def _assets(names: tuple[str, ...]) -> dict[str, Path]:
    folder = os.environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        return {}
    candidates = {name: Path(folder) / name for name in names}
    return {name: path for name, path in candidates.items() if os.access(path, os.X_OK)}
