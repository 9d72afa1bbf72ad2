"""Rows that are added, or change the row that has their key already, in one statement."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import mysql, postgresql, sqlite

from app.models.base import Model


def insert_or_update(
    dialect: str,
    model: type[Model],
    key: Sequence[str],
    changes: Callable[[Any], Mapping[str, Any]],
) -> Any:
    """Return the statement that adds rows, which are given when it is executed.

    Args:
        dialect: The name of the database's dialect.
        model: The table.
        key: The columns of the primary key or the unique index.
        changes: Returns the new values of a row that is there; called with the columns of the row
            that would have been added.
    """
    if dialect in {"mysql", "mariadb"}:
        adding = mysql.insert(model)
        return adding.on_duplicate_key_update(changes(adding.inserted))
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    added = insert(model)
    return added.on_conflict_do_update(index_elements=key, set_=changes(added.excluded))
