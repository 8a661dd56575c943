"""`python -m demo up` shows a running vault; `python -m demo down` removes everything again."""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from demo.chosen_images import ChosenImages, built_images, named_images
from demo.installing import apply_quickstart, install_operator, uninstall
from demo.parting import forget, parting_words
from demo.reaching import reach
from demo.trying import put_video
from demo.watching import wait_until_ready
from images.prerequisites import require_builder
from launcher import clusters
from launcher.cluster import Cluster, Shape
from launcher.given import given_kubeconfig, use_given
from launcher.progress import LauncherError, say

NAME = "demo"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("command", choices=["up", "down"])
    command = parser.parse_args().command
    try:
        up() if command == "up" else down()
    except LauncherError as error:
        say(str(error))
        return 1
    return 0


def up() -> None:
    """Bring everything up, or find it there, and tell how to use it."""
    started = time.monotonic()
    if given_kubeconfig():
        images = named_images(os.environ)
        cluster = clusters.up(NAME, Shape.NODE)
    else:
        images, cluster = build_and_launch()
    for archive in images.archives:
        clusters.load_image(cluster, archive)
    install_operator(cluster, images)
    vault = apply_quickstart(cluster)
    wait_until_ready(cluster, vault)
    with reach(cluster, vault) as url:
        video = put_video(url, vault.admin(cluster).token)
    print(parting_words(cluster, vault, video), flush=True)
    say(f"all of it took {(time.monotonic() - started) / 60:.1f} minutes")


def build_and_launch() -> tuple[ChosenImages, Cluster]:
    """This clone's images and a cluster for them, side by side: one downloads, one computes."""
    # Both may install packages, which cannot be done at once: the builder's come first.
    require_builder()
    with ThreadPoolExecutor() as pool:
        building = pool.submit(built_images)
        cluster = clusters.up(NAME, Shape.NODE, install=True)
        return building.result(), cluster


def down() -> None:
    """Remove the vault, the operator and, where it is ours, the cluster."""
    if given_kubeconfig():
        uninstall(use_given(NAME))
    else:
        clusters.down(NAME)
    forget()
    say("the demo is gone")


if __name__ == "__main__":
    sys.exit(main())
