"""Logs: what a process that serves pages writes to standard error, one line for each fact.

A line names the request that it is about, and holds no body, query, cookie, token or value.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import g
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.domain import audit

JSON = "json"
# Whatever else a record has was given to it as "extra".
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({})))


def start(log_format: str) -> None:
    """Have this process write its log, and that of its server, to standard error.

    Args:
        log_format: `JSON` for a line about each request, event and fault; any other for faults
            only, as lines for people.
    """
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(JsonLines() if log_format == JSON else TextLines())
    logging.root.addHandler(writer)
    logging.captureWarnings(capture=True)
    logging.getLogger("app").setLevel(logging.INFO if log_format == JSON else logging.WARNING)
    # Where the chain ends has to be in the log, whatever its format.
    logging.getLogger(audit.LOGGER_OF_ANCHORS).setLevel(logging.INFO)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers = [writer]  # granian's, or gunicorn's, which do not propagate


class JsonLines(logging.Formatter):
    """Lines of JSON (RFC 8259) in ASCII: whatever a name or a path holds, it is one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line."""
        line: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            "request_id": _request_id(),
        }
        extra = vars(record).items()
        line |= {name: value for name, value in extra if name not in _OF_EVERY_RECORD}
        line |= _fault(record)
        told = {name: value for name, value in line.items() if value is not None}
        return json.dumps(told, separators=(",", ":"), default=str)


class TextLines(logging.Formatter):
    """Lines for people; those of a fault are followed by where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text."""
        lines = [f"{_time(record)} {record.levelname} {_request_id() or '-'} {record.getMessage()}"]
        if fault := _fault(record):
            lines += [f"{fault['error']}: {fault['detail']}", *fault["at"]]
        return "\n    ".join(line.encode("unicode_escape").decode("ascii") for line in lines)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _request_id() -> str | None:
    """Return the ID of the request that is answered, if one is."""
    return g.get("request_id") if g else None


def _fault(record: logging.LogRecord) -> dict[str, Any]:
    """Return the error that a record tells of, and the lines of code that it came through."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)
    at = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "detail": _detail(error), "at": at}


def _detail(error: BaseException) -> str:
    """Return the first line of an error; databases repeat the values of a row in theirs."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or getattr(
            error.orig, "sqlite_errorname", None
        )
        number = next(iter(getattr(error.orig, "args", ())), "")
        return f"{type(error.orig).__name__} {state or (number if type(number) is int else '')}"
    if isinstance(error, SQLAlchemyError):
        return ""
    return str(error).partition("\n")[0]
