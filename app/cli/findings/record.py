"""Findings of ``flask doctor`` about the record of changes."""

from collections.abc import Iterator

from app.database.audit_protection import is_protected
from app.domain import audit
from app.domain.phrases import counted
from app.extensions import db


def record_problems() -> Iterator[str]:
    """Yield what is wrong with the end of the chain of events; `audit.verify` reads all of it."""
    problem = audit.problem_of_end(db.session)
    if problem:
        yield f"{problem} Run: flask audit verify"


def record_warnings() -> Iterator[str]:
    """Yield what weakens the record of changes."""
    if not is_protected(db.session.connection()):
        yield (
            "Audit events can be changed by SQL: triggers are missing, which this user may not"
            " create. docs/audit.md says how an administrator of the database creates them."
        )
    count = audit.count_without_key(db.session)
    if count:
        have = counted(count, "audit event has", "audit events have")
        yield f"{have} no key. Set AUDIT_KEY or SECRET_KEY for commands too."
