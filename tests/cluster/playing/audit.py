"""What the API server's audit log tells of the operator's calls."""

import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

WRITES = frozenset({"create", "update", "patch", "delete"})


@dataclass(frozen=True)
class Call:
    """One answered request: `resource` with its subresource after a slash."""

    verb: str
    resource: str
    name: str
    code: int


class Audit:
    """The calls in one namespace by clients whose user agent begins with `agent`, from now on."""

    def __init__(self, log: Path, *, agent: str, namespace: str) -> None:
        self._log = log
        self._agent = agent
        self._namespace = namespace
        self._offset = log.stat().st_size

    def calls(self) -> tuple[Call, ...]:
        """Every call since the beginning, Events left out: they are best effort and nobody's state."""
        with self._log.open("rb") as log:
            log.seek(self._offset)
            return tuple(self._read(line) for line in log if self._is_meant(line))

    def writes(self) -> tuple[Call, ...]:
        """The calls that write."""
        return tuple(call for call in self.calls() if call.verb in WRITES)

    def reads(self) -> tuple[Call, ...]:
        """The calls that read, watches left out."""
        return tuple(call for call in self.calls() if call.verb in ("get", "list"))

    def summary(self) -> Counter[str]:
        """How often each verb was used on each resource."""
        return Counter(f"{call.verb} {call.resource}" for call in self.calls())

    def quiet(self, seconds: float = 2) -> bool:
        """Whether nothing is written for some time."""
        before = len(self.writes())
        time.sleep(seconds)
        return len(self.writes()) == before

    def _is_meant(self, line: bytes) -> bool:
        entry = json.loads(line)
        reference = entry.get("objectRef") or {}
        return bool(
            entry["stage"] == "ResponseComplete"
            and entry.get("userAgent", "").startswith(self._agent)
            and reference.get("namespace") == self._namespace
            and reference.get("resource") != "events"
        )

    @staticmethod
    def _read(line: bytes) -> Call:
        entry = json.loads(line)
        reference = entry["objectRef"]
        parts = filter(None, (reference["resource"], reference.get("subresource")))
        return Call(
            entry["verb"], "/".join(parts), reference.get("name", ""), entry["responseStatus"]["code"]
        )
