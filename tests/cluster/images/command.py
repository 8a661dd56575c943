"""Running the programs that build, with their output in a log instead of on the screen."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launcher.progress import LauncherError

# Before a command: it dies with this process, and its mounts are its own, so a killed build leaves neither.
APART = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private")


def run_logged(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command with its output appended to `log`; LauncherError ends with the last lines of it."""
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
        raise LauncherError(f"building failed (exit code {result.returncode}), see {log}:\n{tail}")
