"""`python -m demo up` shows a running vault; `python -m demo down` removes everything again."""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from demo.chosen_images import built_images, named_images
from demo.installing import apply_quickstart, install_operator, uninstall
from demo.parting import forget, parting_words
from demo.reaching import reach
from demo.trying import put_video
from demo.watching import wait_until_ready
from launcher import clusters
from launcher.cluster import Shape
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
    # Images wait for the network and the cluster for the compiler, so they are made side by side.
    with ThreadPoolExecutor() as pool:
        choosing = pool.submit(named_images, os.environ) if given_kubeconfig() else pool.submit(built_images)
        cluster = clusters.up(NAME, Shape.NODE, install=True)
        images = choosing.result()
    for archive in images.archives:
        clusters.load(cluster, archive)
    install_operator(cluster, images)
    vault = apply_quickstart(cluster)
    wait_until_ready(cluster, vault)
    with reach(cluster, vault) as url:
        video = put_video(url, vault.admin(cluster).token)
    print(parting_words(cluster, vault, video), flush=True)
    say(f"all of it took {(time.monotonic() - started) / 60:.1f} minutes")


def down() -> None:
    """Remove the vault, the operator and, where it is ours, the cluster."""
    if given_kubeconfig():
        uninstall(use_given(NAME))
    else:
        clusters.down(NAME)
    forget()


if __name__ == "__main__":
    sys.exit(main())
