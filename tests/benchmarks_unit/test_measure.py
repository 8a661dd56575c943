"""What is made of samples: ratios, medians, verdicts."""

import pytest

from benchmarks.measure import Finding, Goal, Pair, Sample, absolute, costs, paces, percentile

OURS = Sample(cpu=2.0, wall=4.0, work=8.0)
REFERENCE = Sample(cpu=1.0, wall=1.0, work=1.0)


def test_a_ratio_of_cpu_is_per_unit_of_work() -> None:
    assert costs((Pair(OURS, REFERENCE),)) == (0.25,)


def test_a_ratio_of_throughput_is_per_second() -> None:
    assert paces((Pair(OURS, REFERENCE),)) == (2.0,)


def test_both_sides_are_shown_in_the_unit_asked_for() -> None:
    assert absolute((Pair(OURS, REFERENCE),), "ms", 1000) == "250 against 1e+03 ms"


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(1.1), 1.1, True),
        (Goal(1.1), 1.11, False),
        (Goal(0.9, at_least=True), 0.9, True),
        (Goal(0.9, at_least=True), 0.89, False),
    ],
)
def test_a_goal_is_met_up_to_its_bound(goal: Goal, value: float, met: bool) -> None:
    assert goal.met_by(value) is met


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(1.1), "at most 1.1x"),
        (Goal(0.9, at_least=True), "at least 0.9x"),
        (Goal(130, "MB"), "at most 130 MB"),
    ],
)
def test_a_goal_says_its_bound_and_unit(goal: Goal, words: str) -> None:
    assert str(goal) == words


def test_the_median_is_judged_and_not_the_best_pair() -> None:
    assert Finding("work", "reference", Goal(1.0), (0.5, 1.5, 1.2)).verdict == "missed"
    assert Finding("work", "reference", Goal(1.0), (0.5, 0.9, 1.2)).verdict == "met"


def test_what_has_no_value_is_neither_met_nor_missed() -> None:
    assert Finding("work", "reference", Goal(1.0), note="wrk is lacking").verdict == "not available"


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([float(each) for each in range(100, 0, -1)], share) == value


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert percentile([3.0], 0.99) == 3.0
