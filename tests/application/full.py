"""Whether the large matrices run whole (`make test-full`) or by a seeded sample (`make test`)."""

import os

FULL = bool(os.environ.get("MEDIAVAULT_TEST_FULL"))
