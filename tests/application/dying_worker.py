"""`manage.py work` that dies at the step its argument names ("before:7"), or ends after its last work.

Its leases end at once, as if it were long ago that it died.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

import steps  # noqa: E402
from mediavault.vault import worker  # noqa: E402
from mediavault.vault.actions import claim_examination  # noqa: E402
from mediavault.vault.models import MediaTask  # noqa: E402


def _end_when_idle(self: worker.Worker) -> float:
    if not MediaTask.objects.exists():
        raise worker.Stopping
    return _turn(self)


_turn = worker.Worker.turn
worker.Worker.turn = _end_when_idle  # type: ignore[method-assign]
claim_examination.LEASE = timedelta(0)  # type: ignore[misc]
worker.TROUBLE_SECONDS = worker.IDLE_SECONDS = 0.05  # type: ignore[misc]
steps.count_steps_on_disk()
steps.count_steps_in_database()
steps.choose(sys.argv[1])
worker.Worker(heartbeat=Path(os.environ["MEDIA_ROOT"]).parent / "heartbeat").run()
steps.tell(f"lived: {' '.join(steps.taken())}")
