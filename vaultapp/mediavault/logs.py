"""The log: a line for everything, as JSON or for people, with the request that it belongs to.

A line tells neither queries, which may hold a signature, nor what a client sent that is no request.
"""

import contextvars
import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

NO_REQUEST: Final = "-"
current_request: contextvars.ContextVar[str] = contextvars.ContextVar("current_request", default=NO_REQUEST)

_QUERY: Final = re.compile(r"\?[^\s'\"]+")
# gunicorn goes on with the line that it could not read.
_UNREADABLE: Final = re.compile(r"(Invalid request from ip=\S*):.*", re.DOTALL)


class RequestFilter(logging.Filter):
    """Puts the id of the request being served into every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request.get()
        return True


class TextFormatter(logging.Formatter):
    """For people: time, level, logger, request and message; a trace on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s request=%(request_id)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return _discreet(super().format(record))


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, request_id, message, trace, and `extra={"told": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": record.request_id,  # type: ignore[attr-defined] # RequestFilter's
            "message": _discreet(record.getMessage()),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            line["trace"] = _discreet(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


def logging_config(*, form: str, level: str) -> dict[str, Any]:
    """What logging.config.dictConfig takes; `form` is JSON or TEXT."""
    formatter = JsonFormatter if form == "JSON" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": RequestFilter}},
        "formatters": {"line": {"()": formatter}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Refusals are in the access log; a line more for each would let a client fill the log.
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
        },
    }


def _discreet(text: str) -> str:
    return _QUERY.sub("?...", _UNREADABLE.sub(r"\1.", text))
