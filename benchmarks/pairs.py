"""Takes samples of the two sides in turn, each when the machine is quiet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import wait_until_quiet
from benchmarks.measure import Pair, Sample


@dataclass
class Run:
    """One run of the command: how many pairs a row takes, and how patient it is with a busy machine."""

    folder: Path
    pairs: int = 3
    quiet_seconds: float = 45.0
    large_gigabytes: float = 4.0
    zip_gigabytes: float = 10.0
    vaults: int = 1000
    rest_seconds: float = 600.0
    busy: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Wait for a quiet machine; where it does not come, the run remembers that it was busy."""
        if not wait_until_quiet(self.quiet_seconds):
            self.busy.append("busy")

    def alternate(
        self,
        ours: Callable[[], Sample],
        reference: Callable[[], Sample],
        compare: Callable[[], None] = lambda: None,
    ) -> tuple[Pair, ...]:
        """Pairs of samples, ours and the reference's in turn; `compare` raises Void where bytes differ."""
        found = []
        for _ in range(self.pairs):
            compare()
            self.settle()
            our_sample = ours()
            self.settle()
            found.append(Pair(our_sample, reference()))
        return tuple(found)
