"""The chart as helm renders it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from launcher.fixtures import lacking
from launcher.programs import find_programs
from launcher.progress import LackError

CHART = Path(__file__).resolve().parents[2] / "charts" / "mediavault-operator"

Manifest: TypeAlias = dict[str, Any]
Render: TypeAlias = Callable[..., tuple[Manifest, ...]]


@pytest.fixture(scope="session")
def chart() -> Path:
    """The chart's folder."""
    return CHART


@pytest.fixture(scope="session")
def helm() -> str:
    """The path of helm."""
    try:
        return find_programs(("helm",))["helm"]
    except LackError as error:
        lacking(error)
        raise


@pytest.fixture(scope="session")
def render(helm: str) -> Render:
    """Renders the chart as release `mediavault-operator` in the namespace `mediavault-system`."""

    def run(*options: str) -> tuple[Manifest, ...]:
        command = [helm, "template", "mediavault-operator", str(CHART), "--namespace", "mediavault-system"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ValueError(done.stderr)
        return tuple(filter(None, yaml.safe_load_all(done.stdout)))

    return run
