"""Where the launcher keeps what it builds and what its clusters write."""

import os
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "node"
IMPORT_ROOT = Path(__file__).resolve().parents[1]


def cache_folder() -> Path:
    """The user's cache of compiled programs; removing it costs only time."""
    return _base("XDG_CACHE_HOME", ".cache") / "mediavault"


def cluster_folder(name: str) -> Path:
    """Everything that the cluster of this name writes; it goes when the cluster is brought down."""
    return clusters_folder() / name


def clusters_folder() -> Path:
    """The folder that holds one folder per cluster."""
    return _base("XDG_STATE_HOME", ".local/state") / "mediavault" / "clusters"


def _base(variable: str, default: str) -> Path:
    chosen = os.environ.get(variable, "")
    return Path(chosen) if Path(chosen).is_absolute() else Path.home() / default


def direct_environment() -> dict[str, str]:
    """The environment without proxies, which know nothing of the addresses of clusters on this machine."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
