"""The operator's calls in one test's namespace, as the API server's audit log tells them."""

import time
from pathlib import Path

from launcher.audit import Request, api_requests

WRITES = frozenset({"create", "update", "patch", "delete"})
STATUS = "mediavaults.mediavault.io/status"


class Audit:
    """The calls in one namespace by clients whose user agent begins with `agent`, from byte `start` on."""

    def __init__(self, log: Path, *, agent: str, namespace: str, start: int) -> None:
        self._log = log
        self._agent = agent
        self._namespace = namespace
        self._start = start

    def calls(self) -> tuple[Request, ...]:
        """Every call since the beginning, Events left out: they are best effort and nobody's state."""
        found = api_requests(self._log, user_agent=self._agent, start=self._start)
        return tuple(
            request
            for request in found
            if request.namespace == self._namespace and request.resource.split(".")[0] != "events"
        )

    def writes(self) -> tuple[Request, ...]:
        """The calls that write."""
        return tuple(call for call in self.calls() if call.verb in WRITES and not call.dry_run)

    def reads(self) -> tuple[Request, ...]:
        """The calls that read, watches left out."""
        return tuple(call for call in self.calls() if call.verb in ("get", "list"))

    def quiet(self, seconds: float = 2) -> bool:
        """Whether nothing is written for some time."""
        before = len(self.writes())
        time.sleep(seconds)
        return len(self.writes()) == before
