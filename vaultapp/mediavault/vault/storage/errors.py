"""What can go wrong in the store, in the ways that callers tell apart."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageError(Exception):
    """The store could not do what was asked."""


class StorageFull(StorageError):
    """No room is left on the volume, or its quota is used up."""


class StorageUnavailable(StorageError):
    """The volume does not work: read-only, gone stale, not permitted, broken."""


class ObjectMissing(StorageError):
    """No object stands under the key."""


class TemporaryBusy(StorageError):
    """Another writer holds the temporary that was to be resumed."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the operating system's errors into the store's own."""
    try:
        yield
    except OSError as error:
        kind = StorageFull if error.errno in _FULL else StorageUnavailable
        raise kind(str(error)) from error
