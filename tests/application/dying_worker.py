"""`manage.py work` that is killed at a named point of its first piece of work, or ends after its last one.

The argument names the point, or is "done". Its leases end at once, as if it were long ago that it died.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from mediavault.vault import worker  # noqa: E402
from mediavault.vault.actions import claim_examination, finish_examination  # noqa: E402
from mediavault.vault.models import MediaTask  # noqa: E402


def _die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(step: Callable[..., Any]) -> Callable[..., None]:
    def die_after(*args: Any, **kwargs: Any) -> None:
        step(*args, **kwargs)
        _die()

    return die_after


def _end_when_idle(self: worker.Worker) -> float:
    if not MediaTask.objects.exists():
        raise worker.Stopping
    return _turn(self)


_turn = worker.Worker.turn
worker.Worker.turn = _end_when_idle  # type: ignore[method-assign]
claim_examination.LEASE = timedelta(0)  # type: ignore[misc]
worker.TROUBLE_SECONDS = worker.IDLE_SECONDS = 0.05  # type: ignore[misc]
match sys.argv[1]:
    case "claimed":
        worker.Worker._work_on = _die  # type: ignore[method-assign]
    case "examined":
        worker.finish_examination = _die  # type: ignore[attr-defined]
    case "published":
        published = finish_examination.publish_examination  # type: ignore[attr-defined]
        finish_examination.publish_examination = _after(published)  # type: ignore[attr-defined]
    case "before the commit":
        MediaTask.delete = _after(MediaTask.delete)  # type: ignore[method-assign, assignment]
worker.Worker(heartbeat=Path(os.environ["MEDIA_ROOT"]).parent / "heartbeat").run()
