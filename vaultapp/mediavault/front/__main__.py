"""`python -m mediavault.front serve|drain|outlast`: runs nginx, ends it gently, waits for its end.

None of them starts Django. `serve` becomes nginx itself, so that a container's first process is nginx.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

from mediavault.config import FrontConfig, InvalidConfig
from mediavault.front.configuration import SHUTDOWN_SECONDS, nginx_configuration, pid_file

_PAUSE_SECONDS: Final = 0.1
# What a front takes that first serves on for a while and then ends its requests.
OUTLAST_SECONDS: Final = SHUTDOWN_SECONDS + 10
_CONFIGURATION_WRONG: Final = 2


def main(arguments: list[str]) -> int:
    """Run one command; a configuration that cannot be used is told in sentences."""
    options = parser().parse_args(arguments)
    try:
        config = FrontConfig.from_env(os.environ)
        if options.command == "serve":
            serve(config, folder=options.folder, listen=options.listen)
        elif options.command == "drain":
            drain(pid_file(config), after=options.after)
        else:
            wait_for_end(pid_file(config), seconds=OUTLAST_SECONDS)
    except InvalidConfig as error:
        sys.stderr.write(f"{error}\n")
        return _CONFIGURATION_WRONG
    return 0


def serve(config: FrontConfig, *, folder: Path, listen: str) -> None:
    """Write the configuration and become nginx."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    file.write_text(nginx_configuration(config, folder=str(folder), listen=listen), "utf-8")
    # A front that was killed left it behind.
    pid_file(config).unlink(missing_ok=True)
    command = ["nginx", "-e", "stderr", "-c", str(file)]
    if os.getuid() == 0:
        # nginx's workers would be somebody else, who may not read the store.
        command += ["-g", "user root;"]
    os.execvp(command[0], command)  # noqa: S606 - no shell, from the PATH


def drain(pid: Path, *, after: float) -> None:
    """After so many seconds, in which new requests are still taken, let nginx end its requests and itself."""
    time.sleep(after)
    os.kill(int(pid.read_text("utf-8")), signal.SIGQUIT)
    wait_for_end(pid, seconds=SHUTDOWN_SECONDS)


def wait_for_end(pid: Path, *, seconds: float) -> None:
    """Return once nginx has ended, or after so many seconds."""
    deadline = time.monotonic() + seconds
    while pid.exists() and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)


def parser() -> argparse.ArgumentParser:
    """What can be asked for on the command line."""
    result = argparse.ArgumentParser(prog="python -m mediavault.front", description=__doc__)
    commands = result.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="run nginx before the app")
    serving.add_argument("--folder", type=Path, default=Path("/tmp/front"))  # noqa: S108 - the container's own
    serving.add_argument("--listen", default="0.0.0.0:8000")
    draining = commands.add_parser("drain", help="let nginx end its requests, then itself")
    draining.add_argument("--after", type=float, default=0, metavar="SECONDS", help="of serving on first")
    commands.add_parser("outlast", help="wait until nginx has ended")
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
