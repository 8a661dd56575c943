"""A cluster that stands: how to speak to it, and how to bring images into it."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from launcher.places import direct_environment
from launcher.progress import LauncherError


class Source(StrEnum):
    """Where a cluster comes from."""

    GIVEN = "the cluster that KUBECONFIG names"
    KIND = "kind, on the Docker engine of this machine"
    PROCESSES = "processes of this machine"


class Shape(StrEnum):
    """What a cluster can do: `api-server` keeps objects, in `control-plane` controllers act on them, and a
    `node` also runs pods.
    """

    API_SERVER = "api-server"
    CONTROL_PLANE = "control-plane"
    NODE = "node"


@dataclass(frozen=True)
class Cluster:
    """A cluster that answers.

    `reachable` says whether this machine reaches addresses of Services and pods directly; where it does not,
    a port-forward is needed. `audit_log` is there when the cluster was asked to keep one.
    """

    name: str
    source: Source
    kubeconfig: Path
    search_path: str
    reachable: bool
    folder: Path | None = None
    audit_log: Path | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables under which kubectl and helm are found and speak to this cluster."""
        inherited = direct_environment() if self.source is Source.PROCESSES else os.environ
        # What kubectl remembers of an address would outlive the cluster that had it.
        cache = {"KUBECACHEDIR": str(self.folder / "kubectl-cache")} if self.folder else {}
        return {**inherited, **cache, "PATH": self.search_path, "KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *arguments: str, stdin: str | None = None, seconds: float = 120) -> str:
        """What this kubectl command prints; LauncherError with its complaint when it fails."""
        return self.run("kubectl", *arguments, stdin=stdin, seconds=seconds)

    def helm(self, *arguments: str, seconds: float = 300) -> str:
        """What this helm command prints; LauncherError with its complaint when it fails."""
        return self.run("helm", *arguments, seconds=seconds)

    def run(self, *command: str, stdin: str | None = None, seconds: float) -> str:
        """What this command prints when it speaks to this cluster; LauncherError with its complaint."""
        try:
            done = subprocess.run(
                command, input=stdin, capture_output=True, text=True, timeout=seconds,
                env=dict(self.environment), check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise LauncherError(f"The command {command[0]} is not installed.") from None
        except subprocess.TimeoutExpired:
            raise LauncherError(f"{' '.join(command)}: no end within {seconds:.0f} s") from None
        if done.returncode:
            raise LauncherError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout
