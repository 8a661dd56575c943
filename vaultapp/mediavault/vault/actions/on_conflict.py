"""What is to happen where a name is taken."""

import enum


class OnConflict(enum.StrEnum):
    """`fail` raises NameTaken, `rename` takes the next free number, `replace` gives that file the bytes."""

    FAIL = "fail"
    RENAME = "rename"
    REPLACE = "replace"
