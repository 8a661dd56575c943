"""The command line: `python -m launcher up|prepare|down|status|kubeconfig|load-image|run`."""

import argparse
import os
import sys
from pathlib import Path

from launcher import clusters
from launcher.cluster import Shape
from launcher.places import cluster_folder
from launcher.processes import is_alive, process_ids
from launcher.progress import LauncherError, say

_DEFAULT_NAME = "demo"


def main() -> int:
    """Do what the command line says; 1 with a sentence on standard error when it cannot be done."""
    options = _parser().parse_args()
    try:
        code: int = options.action(options)
    except LauncherError as error:
        say(str(error))
        return 1
    return code


def _up(options: argparse.Namespace) -> int:
    cluster = clusters.up(options.name, _shape(options), audit=options.audit, install=options.install)
    say(f"{cluster.name} answers ({cluster.source}). export KUBECONFIG={cluster.kubeconfig}")
    return 0


def _prepare(options: argparse.Namespace) -> int:
    clusters.prepare(_shape(options), install=options.install)
    return 0


def _shape(options: argparse.Namespace) -> Shape:
    return Shape.CONTROL_PLANE if options.control_plane else Shape.NODE


def _down(options: argparse.Namespace) -> int:
    clusters.down(options.name)
    return 0


def _status(_options: argparse.Namespace) -> int:
    for name in clusters.names():
        folder = cluster_folder(name)
        known = clusters.remembered(folder)
        state = f"{len(process_ids(folder))} programs" if is_alive(folder) else "no programs"
        print(f"{name}\t{known.shape if known else ''}\t{state}")
    return 0


def _kubeconfig(options: argparse.Namespace) -> int:
    print(clusters.find(options.name).kubeconfig)
    return 0


def _load_image(options: argparse.Namespace) -> int:
    cluster = clusters.find(options.name)
    for archive in options.archives:
        clusters.load_image(cluster, archive)
        say(f"loaded {archive.name}")
    return 0


def _run(options: argparse.Namespace) -> int:
    environment = dict(clusters.find(options.name).environment)
    try:
        os.execvpe(options.command[0], options.command, environment)
    except FileNotFoundError:
        raise LauncherError(f"The command {options.command[0]} is not installed.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="launcher", description="Real Kubernetes clusters on this machine.")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, does: str, function: object) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=does, description=does)
        added.set_defaults(action=function)
        return added

    def named(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument("name", nargs="?", default=_DEFAULT_NAME)
        return added

    starting = named(action("up", "Bring a cluster up, or say that it runs.", _up))
    starting.add_argument("--audit", action="store_true", help="keep an audit log of every request")
    preparing = action("prepare", "Compile and install what a cluster needs, without starting one.", _prepare)
    for shaped in (starting, preparing):
        shaped.add_argument("--control-plane", action="store_true", help="objects alone; needs no root")
        shaped.add_argument(
            "--install", action="store_true", help="install missing Debian packages (as root)"
        )
    named(action("down", "End a cluster and remove everything of it.", _down))
    action("status", "List the clusters and whether they run.", _status)
    named(action("kubeconfig", "Print the path of a cluster's kubeconfig.", _kubeconfig))
    loading = action("load-image", "Load images from docker or OCI archives into a cluster.", _load_image)
    loading.add_argument("name")
    loading.add_argument("archives", nargs="+", type=Path)
    running = action("run", "Run a command, for instance kubectl or helm, that speaks to a cluster.", _run)
    running.add_argument("name")
    running.add_argument("command", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    sys.exit(main())
