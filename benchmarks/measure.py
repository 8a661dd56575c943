"""What was measured, as ratios of two sides, and whether it meets its goal. Pure."""

import math
import statistics
from dataclasses import dataclass
from typing import Final

GIGA: Final = 1e9


class Void(Exception):
    """A pair that may not be counted: an answer was refused, or the two sides sent different bytes."""


class NotAvailable(Exception):
    """What a row measures, or the program that it is measured beside, is not here; says what is lacking."""


@dataclass(frozen=True)
class Sample:
    """One side of a pair: CPU seconds of its servers, seconds that passed, and units of work done."""

    cpu: float
    wall: float
    work: float

    @property
    def cost(self) -> float:
        """CPU seconds of one unit of work."""
        return self.cpu / self.work

    @property
    def pace(self) -> float:
        """Units of work in a second."""
        return self.work / self.wall


@dataclass(frozen=True)
class Pair:
    """Our sample and the reference's, taken one after the other."""

    ours: Sample
    reference: Sample

    @property
    def cost(self) -> float:
        """Our CPU for a unit of work as a multiple of the reference's."""
        return self.ours.cost / self.reference.cost

    @property
    def pace(self) -> float:
        """Our throughput as a multiple of the reference's."""
        return self.ours.pace / self.reference.pace


@dataclass(frozen=True)
class Goal:
    """A bound of a value in `unit`: at most `limit`, or at least."""

    limit: float
    unit: str = "x"
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Whether the value keeps the bound."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        space = "" if self.unit == "x" else " "
        return f"at {'least' if self.at_least else 'most'} {self.limit:g}{space}{self.unit}"


@dataclass(frozen=True)
class Finding:
    """One line of the table: the values of all pairs, or none and in `note` the reason."""

    work: str
    reference: str
    goal: Goal
    values: tuple[float, ...] = ()
    note: str = ""

    @property
    def median(self) -> float:
        """The value that is judged."""
        return statistics.median(self.values)

    @property
    def verdict(self) -> str:
        """`met`, `missed`, or `not available` where nothing could be measured."""
        if not self.values:
            return "not available"
        return "met" if self.goal.met_by(self.median) else "missed"


def costs(pairs: tuple[Pair, ...]) -> tuple[float, ...]:
    """The ratio of CPU of each pair."""
    return tuple(pair.cost for pair in pairs)


def paces(pairs: tuple[Pair, ...]) -> tuple[float, ...]:
    """The ratio of throughput of each pair."""
    return tuple(pair.pace for pair in pairs)


def absolute(pairs: tuple[Pair, ...], unit: str, scale: float = 1.0) -> str:
    """Both sides' median CPU in `unit` for a unit of work, for people to see what the ratio is made of."""
    ours = statistics.median(pair.ours.cost for pair in pairs) * scale
    reference = statistics.median(pair.reference.cost for pair in pairs) * scale
    return f"{ours:.3g} against {reference:.3g} {unit}"


def percentile(values: list[float], share: float) -> float:
    """The smallest of the values that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
