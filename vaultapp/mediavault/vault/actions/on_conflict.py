"""What is to happen where a name is taken."""

import enum


class OnConflict(enum.StrEnum):
    """`fail` raises NameTaken, `rename` takes the next free number, `replace` takes the place of a file.

    A file that is replaced by new bytes keeps its id; one whose name another file takes, goes.
    """

    FAIL = "fail"
    RENAME = "rename"
    REPLACE = "replace"
