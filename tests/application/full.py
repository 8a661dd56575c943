"""Whether the large matrices run whole (`make test-full`) or by a seeded sample (`make test`)."""

import os
import sys

FULL = bool(os.environ.get("MEDIAVAULT_TEST_FULL"))


def _numbers(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1) if text else range(sys.maxsize)


CASES = _numbers(os.environ.get("MEDIAVAULT_TEST_CASES", ""))
"""The numbers of the cases that are tried of a matrix, so that a long one can be tried piece by piece."""
