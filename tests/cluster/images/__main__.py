"""`python -m images build`: build the container images and say where their archives are."""

import argparse
import sys
from pathlib import Path

from images.build import build_images
from images.recipe import RECIPES
from launcher.progress import LauncherError, say


def main() -> int:
    arguments = _parser().parse_args()
    chosen = [recipe for recipe in RECIPES if not arguments.image or recipe.name in arguments.image]
    try:
        built = build_images(chosen, arguments.output)
    except LauncherError as error:
        say(str(error))
        return 1
    for image in built:
        print(f"{image.reference}  {image.archive}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m images", description=__doc__)
    build = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "build", help="build what changed"
    )
    build.add_argument(
        "--output", type=Path, help="folder for the archives and images.json (default: the user's cache)"
    )
    build.add_argument(
        "image", nargs="*", choices=[[], *(recipe.name for recipe in RECIPES)], help="default: all"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
