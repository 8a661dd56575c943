"""The app's version stands in the package, which the image copies, and in the distribution."""

import tomllib
from pathlib import Path

from mediavault import __version__

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_package_is_of_the_distributions_version() -> None:
    assert tomllib.loads(PYPROJECT.read_text())["project"]["version"] == __version__
