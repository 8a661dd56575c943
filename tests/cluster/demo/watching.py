"""Follows a MediaVault until it is Ready, and shows each phase and condition as it changes."""

import time
from collections.abc import Mapping
from typing import Any

from demo.vault import Vault
from launcher.cluster import Cluster
from launcher.progress import LauncherError, say

SECONDS = 300.0
# Conditions of the whole: until the end they repeat what a part's condition says.
_SUMMARIES = ("Ready", "Reconciling", "Degraded")


def wait_until_ready(cluster: Cluster, vault: Vault) -> None:
    """Return when the vault is Ready; LauncherError with its own reason when it is stalled or too slow."""
    started = time.monotonic()
    shown: frozenset[str] = frozenset()
    while True:
        seen = vault.read(cluster)
        lines = progress_lines(seen)
        for line in lines:
            if line not in shown:
                print(f"  {time.monotonic() - started:4.0f} s  {line}", flush=True)
        shown = frozenset(lines)
        if is_true(seen, "Ready"):
            say(f"{vault.name} is Ready, {time.monotonic() - started:.0f} s after it was applied")
            return
        _check_hope(cluster, vault, seen, time.monotonic() - started)
        time.sleep(0.5)


def progress_lines(seen: Mapping[str, Any]) -> tuple[str, ...]:
    """What a person wants to read of a status: the phase, and the message of each part's condition."""
    status = seen.get("status", {})
    conditions = (
        f"{each['type']:<14} {each['status']:<7} {each.get('message') or each.get('reason', '')}"
        for each in status.get("conditions", ())
        if each["type"] not in _SUMMARIES
    )
    return (f"phase {status.get('phase', 'Pending')}", *conditions)


def is_true(seen: Mapping[str, Any], condition: str) -> bool:
    """Whether a condition is True of the spec as it is now, not of one before."""
    generation = seen["metadata"]["generation"]
    return any(
        each["type"] == condition
        and each["status"] == "True"
        and each.get("observedGeneration") == generation
        for each in seen.get("status", {}).get("conditions", ())
    )


def _check_hope(cluster: Cluster, vault: Vault, seen: Mapping[str, Any], seconds: float) -> None:
    stalled = is_true(seen, "Stalled")
    if not stalled and seconds < SECONDS:
        return
    namespace = ("--namespace", vault.namespace)
    pods = cluster.kubectl("get", "pods", *namespace, "-o", "wide")
    events = cluster.kubectl("events", *namespace, "--types=Warning")
    what = "is stalled" if stalled else f"is not Ready after {seconds:.0f} s"
    raise LauncherError(f"{vault.name} {what}. Its pods:\n{pods}\nWarnings:\n{events}")
