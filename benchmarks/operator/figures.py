"""The rows of the operator: what its figures are, beside those of the operator on controller-runtime."""

import statistics
from collections.abc import Callable, Iterator

from benchmarks.measure import Finding, Goal
from benchmarks.operator.life import Figures, tell
from benchmarks.operator.sides import GO, OURS
from benchmarks.pairs import Run

_PEER = "an operator on controller-runtime"
_CHILDREN = 7
_MILLI = 1000.0
_MEGA = 1e6

Told = tuple[tuple[Figures, Figures], ...]


def vaults(run: Run) -> Iterator[Finding]:
    """The whole life of many vaults, under ours and under the Go operator in turn."""
    told: list[tuple[Figures, Figures]] = []
    for _ in range(run.pairs):
        run.settle()
        ours = tell(OURS, run.vaults, run.rest_seconds)
        run.settle()
        told.append((ours, tell(GO, run.vaults, run.rest_seconds)))
    yield from _beside(tuple(told), run.vaults)
    yield from _fairness(tuple(ours for ours, _ in told))
    yield from _calls(tuple(ours for ours, _ in told), run)


def _beside(told: Told, vaults: int) -> Iterator[Finding]:
    burst = f"a burst of {vaults:,} vaults"
    yield _ratio(told, f"{burst}: vaults Ready per second", Goal(0.9, at_least=True), _pace, "", 1)
    yield _ratio(told, f"{burst}: CPU per vault", Goal(2), _cpu, "ms", _MILLI)
    yield _ratio(told, "one vault from create to Ready: p50", Goal(1), _middle, "ms", _MILLI)
    yield _ratio(told, "one vault from create to Ready: p95", Goal(1.25), _slow, "ms", _MILLI)
    yield _ratio(told, "a deleted Service is back", Goal(2), _deleted, "ms", _MILLI)
    yield _ratio(told, "an edited Service is put back", Goal(2), _edited, "ms", _MILLI)
    yield _ratio(told, f"memory with {vaults:,} vaults", Goal(2), _memory, "MB", 1 / _MEGA)


def _calls(ours: tuple[Figures, ...], run: Run) -> Iterator[Finding]:
    log = "the audit log"
    writes = tuple(each.create_writes for each in ours)
    reads = tuple(each.create_reads for each in ours)
    yield Finding("writes from create to Ready, 7 children", log, Goal(_CHILDREN + 2, "writes"), writes)
    yield Finding("reads from create to Ready", log, Goal(0, "reads"), reads)
    yield Finding(
        "an update of one child", log, Goal(2, "writes"), tuple(each.update_writes for each in ours)
    )
    yield Finding(
        "noise on labels and annotations",
        log,
        Goal(0, "writes"),
        tuple(float(each.noise_writes) for each in ours),
    )
    yield Finding(
        f"{run.rest_seconds:g} s with {run.vaults:,} vaults at rest",
        log,
        Goal(0, "requests"),
        tuple(float(each.rest_calls) for each in ours),
    )
    yield Finding(
        f"kill -9 with {run.vaults:,} vaults: a new vault is Ready after",
        "the clock",
        Goal(5, "s"),
        tuple(each.restart_seconds for each in ours),
    )
    yield Finding(
        "kill -9: writes for unchanged vaults",
        log,
        Goal(0, "writes"),
        tuple(float(each.restart_writes) for each in ours),
    )


def _fairness(ours: tuple[Figures, ...]) -> Iterator[Finding]:
    delayed = tuple(statistics.median(each.beside_failing) / statistics.median(each.alone) for each in ours)
    yield Finding("one vault to Ready beside 20 that fail: p50", "without them", Goal(1.2), delayed)
    foreign = tuple(each.foreign_memory / _MEGA for each in ours)
    yield Finding("memory for 200 Secrets of others, 20 MB", "itself before", Goal(1, "MB"), foreign)


def _ratio(
    told: Told, work: str, goal: Goal, figure: Callable[[Figures], float], unit: str, scale: float
) -> Finding:
    values = tuple(figure(ours) / figure(theirs) for ours, theirs in told)
    mine = statistics.median(figure(ours) for ours, _ in told) * scale
    theirs = statistics.median(figure(theirs) for _, theirs in told) * scale
    return Finding(work, _PEER, goal, values, f"{mine:.3g} against {theirs:.3g} {unit}".strip())


def _pace(figures: Figures) -> float:
    return figures.pace


def _cpu(figures: Figures) -> float:
    return figures.burst_cpu


def _middle(figures: Figures) -> float:
    return figures.alone_at(0.5)


def _slow(figures: Figures) -> float:
    return figures.alone_at(0.95)


def _deleted(figures: Figures) -> float:
    return figures.deleted_back


def _edited(figures: Figures) -> float:
    return figures.edited_back


def _memory(figures: Figures) -> float:
    return float(figures.memory)
