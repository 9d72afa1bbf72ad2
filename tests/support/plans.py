"""The plan of a statement: its indexes and sorts."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text

from app.models import DbSession

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN", "mysql": "EXPLAIN"}
TABLES = (
    "users",
    "roles",
    "user_roles",
    "console_user_names",
    "console_user_words",
    "console_audit_events",
)
STATISTICS = {
    "sqlite": ("ANALYZE",),
    "postgresql": [f"ANALYZE {table}" for table in TABLES],
    "mysql": [f"ANALYZE TABLE {table}" for table in TABLES],
}
# PostgreSQL's incremental sort only puts rows in order whose first column is the same.
SORTS = {
    "sqlite": ("TEMP B-TREE",),
    "postgresql": ("-> Sort (", "Seq Scan on users"),
    "mysql": ("filesort", "temporary"),
}
# The last sign-in of one user, where there are hardly any events.
OF_EVENTS = re.compile(r"-> Sort \(.*\nSort Key: console_audit_events\.id DESC")


def of(session: DbSession, work: Callable[[], Any]) -> str:
    """Return the plan of the last statement that ``work`` runs, a step a line."""
    seen = []

    def see(_connection, _cursor, statement, values, _context, _many):
        seen.append((statement, values))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", see)
    work()
    event.remove(engine, "before_cursor_execute", see)
    statement, values = seen[-1]
    rows = session.connection().exec_driver_sql(
        f"{EXPLAIN[engine.dialect.name]} {statement}", values
    )
    return "\n".join(" ".join(" ".join(map(str, row)).split()) for row in rows)


def sorts(session: DbSession, plan: str) -> bool:
    """Tell whether a plan reads more of the users than it shows, to put them in order."""
    plan = OF_EVENTS.sub("", plan)
    steps = [f"-> {step.removeprefix('-> ')}" for step in map(str.strip, plan.splitlines())]
    marks = SORTS[session.get_bind().dialect.name]
    return any(mark in step for step in steps for mark in marks)


def gather_statistics(session: DbSession) -> None:
    """Have the database look at its rows, as servers do by themselves."""
    for statement in STATISTICS[session.get_bind().dialect.name]:
        session.execute(text(statement))
    session.commit()
    # Other connections to a file may plan by what they have read before.
    session.get_bind().dispose()
