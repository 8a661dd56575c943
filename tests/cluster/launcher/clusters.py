"""Brings clusters up and down by name, whatever they are made of. What tests and the demo call."""

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher import given
from launcher.cluster import Cluster, Shape, Source
from launcher.exclusively import exclusively, first_free
from launcher.images import load_into_node, name_in_node
from launcher.places import cluster_folder, clusters_folder
from launcher.processes import end, has_started, supervisor_pid
from launcher.programs import find_programs
from launcher.progress import LauncherError
from launcher.standing_control_plane import bring_up_control_plane, prepare_control_plane
from launcher.standing_node import bring_up_node, prepare_node, tidy_node

_RECORD = "cluster.json"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")


@dataclass(frozen=True)
class Record:
    """What the launcher remembers of a cluster between commands."""

    source: Source
    shape: Shape
    audit: bool


@contextmanager
def lasting(
    name: str, shape: Shape, *, audit: bool = False, source: Source | None = None
) -> Iterator[Cluster]:
    """A fresh cluster that lasts as long as the block, of this name or, while another has it, one like it."""
    with own_name(name) as chosen:
        yield up(chosen, shape, audit=audit, source=source)


@contextmanager
def own_name(name: str) -> Iterator[str]:
    """This name, or with a number behind it, that no other process holds; no cluster has it before or after.

    What a process left behind that was killed within the block is removed by the next that gets the name.
    """
    numbered = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    with first_free(_folder(each).parent / f".{each}.held" for each in numbered) as lock:
        chosen = lock.stem.removeprefix(".")
        down(chosen)
        try:
            yield chosen
        finally:
            down(chosen)


def best_source() -> Source:
    """What the best cluster of this machine is made of."""
    if given.given_kubeconfig():
        return Source.GIVEN
    return Source.KIND if given.kind_answers() else Source.PROCESSES


def up(
    name: str, shape: Shape, *, audit: bool = False, install: bool = False, source: Source | None = None
) -> Cluster:
    """The cluster of this name in this shape, brought up where it does not run.

    `audit` keeps an audit log (of a cluster made of processes), `install` installs missing Debian packages,
    `source` says what a new cluster is made of where it shall not be the best there is.
    """
    chosen = source or best_source()
    if chosen is Source.GIVEN:
        return given.use_given(name)
    folder = _folder(name)
    with _busy(folder):
        known = remembered(folder)
        if known is not None and known.shape is not shape:
            raise LauncherError(f"{name} is a {known.shape}. Take another name, or bring {name} down first.")
        if known is None:
            known = Record(source=chosen, shape=shape, audit=audit)
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            (folder / _RECORD).write_text(json.dumps(vars(known)), encoding="utf-8")
        return _bring_up(folder, known, install=install)


def prepare(shape: Shape, *, install: bool = False, source: Source | None = None) -> None:
    """Get everything that a cluster of this shape needs, so that bringing one up takes seconds."""
    if (source or best_source()) is not Source.PROCESSES:
        return
    if shape is Shape.NODE:
        prepare_node(install_packages=install)
    else:
        prepare_control_plane()


def find(name: str) -> Cluster:
    """The running cluster of this name; LauncherError when it does not run."""
    folder = _folder(name)
    known = remembered(folder)
    if known is None and given.given_kubeconfig():
        return given.use_given(name)
    with _busy(folder):
        if known is None or (known.source is Source.PROCESSES and not has_started(folder)):
            raise LauncherError(f"The cluster {name} does not run. Bring it up: python -m launcher up {name}")
        return _bring_up(folder, known, install=False)


def down(name: str) -> None:
    """End the cluster of this name and remove everything of it; a cluster that others run is left alone."""
    folder = _folder(name)
    with _busy(folder):
        known = remembered(folder)
        if known is not None and known.source is Source.KIND:
            given.remove_kind(name)
        end(folder)
        if known is not None and known.source is Source.PROCESSES and known.shape is Shape.NODE:
            tidy_node(folder)
        if folder.exists():
            shutil.rmtree(folder)


def load_image(cluster: Cluster, archive: Path) -> None:
    """Bring every image of a docker or OCI archive into the cluster, under the names it has there."""
    if cluster.source is Source.KIND:
        given.load_into_kind(cluster, archive)
    else:
        load_into_node(find_programs(("ctr",))["ctr"], _node_of(cluster), archive)


def name_image(cluster: Cluster, image: str, name: str) -> None:
    """Give an image that was loaded into the cluster a further name."""
    if cluster.source is Source.KIND:
        given.name_in_kind(cluster, image, name)
    else:
        name_in_node(find_programs(("ctr",))["ctr"], _node_of(cluster), image, name)


def _node_of(cluster: Cluster) -> int:
    """The supervisor of a cluster of processes that runs pods; LauncherError where it takes no images."""
    if cluster.folder is None:
        raise LauncherError(
            "Images cannot be loaded into the cluster that KUBECONFIG names: push them to a registry that it "
            "pulls from, and name them there."
        )
    known = remembered(cluster.folder)
    if known is not None and known.shape is not Shape.NODE:
        raise LauncherError(f"{cluster.name} is a control plane alone: it runs no pods and needs no images.")
    return supervisor_pid(cluster.folder)


def remembered(folder: Path) -> Record | None:
    """What the launcher remembers of the cluster in this folder."""
    try:
        raw = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Record(source=Source(raw["source"]), shape=Shape(raw["shape"]), audit=raw["audit"])


def names() -> tuple[str, ...]:
    """Every cluster that the launcher remembers, running or not."""
    return tuple(sorted(path.parent.name for path in clusters_folder().glob(f"*/{_RECORD}")))


def _folder(name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise LauncherError(
            f"{name!r} is no name for a cluster: at most 32 lower-case letters, digits and hyphens."
        )
    return cluster_folder(name)


def _busy(folder: Path) -> AbstractContextManager[None]:
    return exclusively(folder.parent / f".{folder.name}.lock", f"the cluster {folder.name}")


def _bring_up(folder: Path, known: Record, *, install: bool) -> Cluster:
    if known.source is Source.KIND:
        return given.use_kind(folder.name, folder)
    if known.shape is Shape.NODE:
        return bring_up_node(folder, audit=known.audit, install_packages=install)
    return bring_up_control_plane(folder, audit=known.audit, controllers=known.shape is Shape.CONTROL_PLANE)
