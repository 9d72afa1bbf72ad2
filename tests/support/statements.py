"""Counts the SQL statements that requests make."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event

# What a transaction costs by itself; the note that a session is in use, and the question which
# columns take NULL, which most requests leave out.
UNCOUNTED = re.compile(
    r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SET|START)\b"
    r"|\s*UPDATE console_(sessions SET last_seen_at|api_tokens SET last_used_at)"
    r"|SELECT (made\.name|relname|table_name), ",
    re.IGNORECASE,
)


class Statements:
    """The statements of the requests since the last question."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @contextmanager
    def at_most(self, limit: int) -> Iterator[None]:
        """Fail if the requests within make more than ``limit`` statements."""
        self.seen.clear()
        yield
        made = "\n".join(" ".join(statement.split()) for statement in self.seen)
        assert len(self.seen) <= limit, f"{len(self.seen)} statements, not {limit}:\n{made}"

    def note(self, *event_arguments: Any) -> None:
        """Take note of a statement, if it is a request that makes it."""
        statement = event_arguments[2]
        if has_request_context() and not UNCOUNTED.match(statement):
            self.seen.append(statement)


@contextmanager
def counted() -> Iterator[Statements]:
    """Count from here on."""
    statements = Statements()
    event.listen(Engine, "before_cursor_execute", statements.note)
    yield statements
    event.remove(Engine, "before_cursor_execute", statements.note)
