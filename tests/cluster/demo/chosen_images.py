"""Which images the demo runs: built here, or named by the environment for a cluster that pulls its images."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from images.build import build_images
from images.recipe import APP, OPERATOR, POSTGRES
from launcher.progress import LauncherError

OPERATOR_VARIABLE = "MEDIAVAULT_OPERATOR_IMAGE"
APP_VARIABLE = "MEDIAVAULT_APP_IMAGE"
OFFICIAL_POSTGRES = "postgres:17"


@dataclass(frozen=True)
class ChosenImages:
    """The references that pods name, and the archives that must be loaded first."""

    operator: str
    app: str
    postgres: str
    archives: tuple[Path, ...] = ()


def built_images() -> ChosenImages:
    """The images of this clone, built where they changed."""
    operator, app, postgres = build_images((OPERATOR, APP, POSTGRES))
    return ChosenImages(
        operator=operator.reference,
        app=app.reference,
        postgres=postgres.reference,
        archives=tuple(Path(image.archive) for image in (operator, app, postgres)),
    )


def named_images(environ: Mapping[str, str]) -> ChosenImages:
    """The images that a given cluster can pull; LauncherError tells how to name them."""
    if not environ.get(OPERATOR_VARIABLE) or not environ.get(APP_VARIABLE):
        raise LauncherError(
            "The cluster that KUBECONFIG names pulls its images from a registry. Push both there, as"
            f" docs/images.md tells, and name them in {OPERATOR_VARIABLE} and {APP_VARIABLE};"
            " or unset KUBECONFIG for a cluster of the demo's own."
        )
    return ChosenImages(environ[OPERATOR_VARIABLE], environ[APP_VARIABLE], OFFICIAL_POSTGRES)
