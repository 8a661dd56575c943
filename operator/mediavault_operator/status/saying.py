"""Conditions from findings."""

from dataclasses import dataclass
from datetime import datetime

from mediavault_operator.status.conditions import Condition, condition
from mediavault_operator.status.finding import Finding, Level


@dataclass(frozen=True, kw_only=True)
class Sayer:
    """Makes conditions of one object, of its `generation`, as of now."""

    generation: int
    now: datetime

    def say(self, kind: str, holds: bool, finding: Finding) -> Condition:
        """One condition with a finding's reason and message."""
        return condition(
            kind,
            holds,
            reason=finding.reason,
            message=finding.message,
            generation=self.generation,
            now=self.now,
        )

    def ahead(self, finding: Finding) -> list[Condition]:
        """Reconciling or Stalled, as kstatus reads them: neither is there where nothing is left to do."""
        if finding.level is Level.STALLED:
            return [self.say("Stalled", True, finding)]
        if finding.level in (Level.WAITING, Level.FAILING):
            return [self.say("Reconciling", True, finding)]
        return []
