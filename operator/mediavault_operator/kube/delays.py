"""How long to wait: longer with each failure, and never all at the same moment."""

import random


def backoff(failures: int, *, first: float, longest: float) -> float:
    """Seconds to wait after so many failures in a row, at least one: doubling, spread by chance."""
    return spread(min(longest, first * 2 ** min(failures - 1, 20)), 0.5, 1.0)


def spread(seconds: float, low: float, high: float) -> float:
    """`seconds` times a factor drawn between `low` and `high`."""
    return seconds * random.uniform(low, high)  # noqa: S311 - nothing here is a secret
