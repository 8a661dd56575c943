"""How kopf runs us: every setting of it that matters, set on purpose, with the reason.

kopf only tells us of MediaVaults: no handler of ours persists progress, so it writes nothing, no
finalizer and no annotation; and it asks for no CRDs, namespaces or peers, so it needs no rights on them.
"""

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import kopf

from mediavault_operator import names

_PREFIX = names.GROUP


class NoMemory(kopf.DiffBaseStorage):
    """What kopf remembers of an object to tell what changed: nothing, as we look at the world instead."""

    def build(self, **_: Any) -> kopf.BodyEssence:
        """Nothing of an object is compared."""
        return kopf.BodyEssence({})

    def fetch(self, **_: Any) -> None:
        """Nothing was kept."""

    def store(self, **_: Any) -> None:
        """Nothing is kept."""


class Patience:
    """Seconds between the attempts of a request, without end: kopf gives up the whole process with them."""

    def __iter__(self) -> Iterator[float]:
        """A new row of delays."""
        return chain((1.0, 1.0, 2.0, 3.0), repeat(5.0))


def kopf_settings() -> kopf.OperatorSettings:
    """The settings of the framework; they depend on nothing."""
    settings = kopf.OperatorSettings()
    _write_nothing(settings)
    _watch_for_good(settings)
    settings.peering.standalone = True
    settings.scanning.disabled = True
    settings.process.ultimate_exiting_timeout = 30
    return settings


def _write_nothing(settings: kopf.OperatorSettings) -> None:
    """Events are ours to post; were anything ever persisted, it would stand under our own name."""
    settings.posting.enabled = False
    settings.posting.loggers = False
    settings.posting.reporting_component = f"{_PREFIX}/operator"
    settings.persistence.finalizer = f"{_PREFIX}/operator"
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=_PREFIX)
    settings.persistence.diffbase_storage = NoMemory()
    settings.persistence.consistency_timeout = 0


def _watch_for_good(settings: kopf.OperatorSettings) -> None:
    """Finite streams, pages, short-lived workers: a silent connection or a large cluster must not stop us."""
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.watching.connect_timeout = 10
    settings.watching.inactivity_timeout = 75
    settings.watching.reconnect_backoff = 0.2
    settings.watching.chunk_size = 250
    settings.watching.initial_streaming = False
    settings.queueing.worker_limit = None
    settings.queueing.idle_timeout = 0.1
    settings.queueing.exit_timeout = 1
    settings.networking.request_timeout = 60
    settings.networking.connect_timeout = 10
    settings.networking.error_backoffs = Patience()
    settings.networking.enforce_retry_after = False
    settings.networking.trust_env = False
