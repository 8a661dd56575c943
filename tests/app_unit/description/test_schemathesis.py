"""schemathesis reads the API's description, and tries to find an answer that it does not promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from described_api import operations
from full import FULL
from served_app import ServedApp

SETTINGS = Path(__file__).with_name("schemathesis.toml")
HOOKS = SETTINGS.with_name("schemathesis_hooks.py")
# Of each operation, beside what its limits make: 2,300 cases that take 25 seconds of CPU.
EXAMPLES = 200 if FULL else 3
LONGEST_SECONDS = 3000
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(LONGEST_SECONDS + 60)]


def test_schemathesis_finds_nothing(app: ServedApp, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run"]
    command += [f"{app.url}/api/schema/?format=json", "--header", f"Authorization: Token {app.token}"]
    command += ["--max-examples", str(EXAMPLES), "--seed", "1", "--no-color"]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2000:]
    assert f"Tested: {len(operations())}" in ran.stdout
