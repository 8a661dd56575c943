"""The app for gunicorn, `dying_app:application`, whose worker dies at the step that a request names.

The request says "before:7" in `X-Last-Step`. Where it lives on, it tells its steps once the answer is closed.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import steps
from mediavault.wsgi import application as served

steps.count_steps_on_disk()
steps.count_steps_in_database()


class _Answer:
    """An answer whose end is told."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Called by gunicorn after the last byte."""
        if hasattr(self._answer, "close"):
            self._answer.close()
        steps.tell(f"lived: {' '.join(steps.taken())}")
        steps.forget()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The app's answer."""
    last = environ.get("HTTP_X_LAST_STEP")
    if last is None:
        answer: Iterable[bytes] = served(environ, start_response)
        return answer
    steps.choose(last)
    return _Answer(served(environ, start_response))
