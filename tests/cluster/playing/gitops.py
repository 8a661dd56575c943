"""What GitOps tools make of a MediaVault, by their own means: Argo CD's Lua and Flux's library."""

import json
import subprocess
from pathlib import Path

from lupa import lua51

from playing.api import Object
from playing.kstatus import kstatus

_HEALTH = Path(__file__).resolve().parents[3] / "docs" / "gitops" / "argocd-health.lua"


def argocd_health(obj: Object) -> tuple[str, str]:
    """Status and message as Argo CD shows them; it runs the script in Lua 5.1 with the object as `obj`."""
    lua = lua51.LuaRuntime()
    lua.globals().obj = lua.table_from(obj, recursive=True)
    health = lua.execute(_HEALTH.read_text(encoding="utf-8"))
    return str(health.status), str(health.message)


def flux_status(obj: Object) -> str:
    """What kstatus calls it: Current, InProgress, Failed or Terminating; LackError where Go is missing."""
    done = subprocess.run([kstatus()], input=json.dumps(obj), capture_output=True, text=True, check=True)
    return done.stdout.strip()
