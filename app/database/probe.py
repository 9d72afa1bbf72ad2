"""Probes of a database: whether it takes the console's changes, and keeps its limits on time."""

from sqlalchemy import Connection, Engine, delete, false, func, insert, select, update
from sqlalchemy.exc import OperationalError

from app.database.connections import without_waiting
from app.database.error_codes import LOCKED, codes_of
from app.models import (
    AccessGuard,
    ApplicationSetting,
    AuditEvent,
    ConsoleSession,
    Role,
    User,
    role_permissions,
    user_roles,
)

_TEXT = "x" * 10_000  # so long that SQLite needs new pages for it
_EVENT = {
    "actor_kind": "command",
    "actor_name": "probe",
    "action": "probe:taken-back",
    "target_type": "database",
    "target_name": "probe",
}
# A statement that finds no row is refused like any other where the right to it is missing.
_CHANGED = (ApplicationSetting, User, Role, ConsoleSession, AccessGuard)
_REFUSED_IN_VAIN = (
    *(update(model).where(false()).values(id=model.id) for model in _CHANGED),
    *(delete(table).where(false()) for table in (user_roles, role_permissions)),
)


def try_writing(engine: Engine) -> None:
    """Write as the console does, and take it back.

    Raises:
        DBAPIError: The database does not take it.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _write_unless_busy(connection)
        else:
            _write(connection)


def has_limits(connection: Connection) -> bool:
    """Tell whether the limits on time hold, which a pooler that nobody named may throw away."""
    if connection.dialect.name != "postgresql":
        return True
    return connection.scalar(select(func.current_setting("lock_timeout"))) != "0"


def _write_unless_busy(connection: Connection) -> None:
    try:
        with without_waiting(connection):
            _write(connection)
    except OperationalError as error:
        # Whoever keeps the file locked is writing.
        if codes_of(error.orig).isdisjoint(LOCKED):
            raise


def _write(connection: Connection) -> None:
    is_file = connection.dialect.name == "sqlite"
    connection.execution_options(write=True)
    try:
        connection.execute(insert(AuditEvent).values(after=_TEXT if is_file else None, **_EVENT))
        for statement in _REFUSED_IN_VAIN:
            connection.execute(statement)
    finally:
        connection.rollback()
