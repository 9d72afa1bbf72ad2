"""Rows that refer to users or roles which other programs have deleted.

SQLite checks foreign keys only for programs that ask for it, and gives the id of the last row to
the next one: a new user would have the roles, tokens and second factor of somebody else.
"""

from typing import Any

from sqlalchemy import Connection, delete, event, func, select
from sqlalchemy.orm import Session

from app.models.base import Base
from app.models.user import Role, User


def forget_leftovers(connection: Connection, model: type[User | Role]) -> None:
    """Delete what refers to a row that is yet to come, before the first new one is inserted.

    Args:
        connection: The connection that inserts the new rows.
        model: The table of the new rows.
    """
    if connection.dialect.name != "sqlite":
        return
    newest = select(func.coalesce(func.max(model.id), 0)).scalar_subquery()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is model.__table__.c.id for key in column.foreign_keys):
                connection.execute(delete(table).where(column > newest))


@event.listens_for(Session, "before_flush")
def _forget_before(session: Session, _context: object, _instances: Any) -> None:
    for model in (User, Role):
        if any(isinstance(row, model) for row in session.new):
            forget_leftovers(session.connection(), model)
