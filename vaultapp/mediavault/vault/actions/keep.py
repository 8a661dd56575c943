"""The value that means "leave it as it is" where None has a meaning of its own."""

import enum


class Keep(enum.Enum):
    """Its only member is KEEP."""

    KEEP = "keep"


KEEP = Keep.KEEP
