"""What GitOps tools make of a MediaVault, by their own means: Argo CD's Lua and Flux's library."""

import json
import shutil
import subprocess
from pathlib import Path

from lupa import lua51

from launcher.progress import LackError
from playing.api import Object

_ROOT = Path(__file__).resolve().parents[3]
_HEALTH = _ROOT / "docs" / "gitops" / "argocd-health.lua"
_KSTATUS = _ROOT / "tests" / "cluster" / "kstatus"


def argocd_health(obj: Object) -> tuple[str, str]:
    """Status and message as Argo CD shows them; it runs the script in Lua 5.1 with the object as `obj`."""
    lua = lua51.LuaRuntime()
    lua.globals().obj = lua.table_from(obj, recursive=True)
    health = lua.execute(_HEALTH.read_text(encoding="utf-8"))
    return str(health.status), str(health.message)


def flux_status(obj: Object) -> str:
    """What kstatus calls it: Current, InProgress, Failed or Terminating."""
    go = shutil.which("go")
    if go is None:
        raise LackError(
            "Go is not installed, and kstatus, by which Flux judges, is a Go library. Install Go."
        )
    done = subprocess.run(
        [go, "run", "."], cwd=_KSTATUS, input=json.dumps(obj), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
