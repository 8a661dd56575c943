"""Reads a cluster's audit log: who asked the API server for what, and how often."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """One request: its verb, the resource with its group and subresource, and where it was aimed.

    A dry run asks what a write would come to, and writes nothing.
    """

    verb: str
    resource: str
    namespace: str
    name: str
    user: str
    user_agent: str
    code: int
    dry_run: bool = False


def position(audit_log: Path) -> int:
    """Where the log ends now, in bytes; what comes later is read from here."""
    return audit_log.stat().st_size if audit_log.exists() else 0


def api_requests(
    audit_log: Path, *, user_agent: str = "", user: str = "", start: int = 0
) -> tuple[Request, ...]:
    """The requests logged since `start` whose user agent or user begins as given; each is counted once."""
    with audit_log.open("rb") as log:
        log.seek(max(start - 1, 0))
        # The server may be writing: the line `start` lies in, and the unfinished last one, are left out.
        text = log.read()
    lines = text[text.find(b"\n") + 1 if start else 0 : text.rfind(b"\n") + 1].splitlines()
    seen: dict[str, Request] = {}
    for line in lines:
        event = json.loads(line)
        request = _request(event)
        if request.user_agent.startswith(user_agent) and request.user.startswith(user):
            seen[event["auditID"]] = request
    return tuple(seen.values())


def tally(requests: tuple[Request, ...]) -> Counter[str]:
    """How often each verb met each resource, for instance {"patch deployments.apps": 2}."""
    return Counter(f"{request.verb} {request.resource}" for request in requests)


def _request(event: dict[str, object]) -> Request:
    target = event.get("objectRef")
    target = target if isinstance(target, dict) else {}
    group = f".{target['apiGroup']}" if target.get("apiGroup") else ""
    part = f"/{target['subresource']}" if target.get("subresource") else ""
    status, user = event.get("responseStatus"), event.get("user")
    return Request(
        verb=str(event["verb"]),
        resource=f"{target.get('resource', '')}{group}{part}" or str(event["requestURI"]),
        namespace=str(target.get("namespace", "")),
        name=str(target.get("name", "")),
        user=str(user.get("username", "")) if isinstance(user, dict) else "",
        user_agent=str(event.get("userAgent", "")),
        code=int(status.get("code", 0)) if isinstance(status, dict) else 0,
        dry_run="dryRun=All" in str(event["requestURI"]),
    )
