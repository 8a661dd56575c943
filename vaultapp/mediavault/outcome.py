"""The one line by which a management command tells the operator how it ended."""

import json
import sys
from pathlib import Path

TERMINATION_LOG = Path("/dev/termination-log")


def report(outcome: dict[str, object], *, termination_log: Path = TERMINATION_LOG) -> None:
    """Write `outcome` as one JSON line to stdout and, where the pod has one, to the termination log."""
    line = json.dumps(outcome, ensure_ascii=False)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    try:
        if termination_log.exists():
            termination_log.write_text(line + "\n", "utf-8")
    except OSError:
        return  # stdout has it; a read-only log must not turn success into failure
