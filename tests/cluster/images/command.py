"""Running the programs that build, with their output in a log instead of on the screen."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class BuildError(Exception):
    """A step of a build failed; the message says which command failed and where its output is."""


def run_logged(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command with its output appended to `log`; BuildError ends with its last lines."""
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(command)}\n".encode())
        output.flush()
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            check=False,
        )
    if result.returncode:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise BuildError(f"{command[0]} failed (exit code {result.returncode}), see {log}:\n{tail}")
