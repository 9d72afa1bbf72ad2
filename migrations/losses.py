"""Losses: a downgrade that deletes rows for good is refused unless the command asks for it."""

import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError


def refuse(revision: str, option: str, rows: str, found: int | None) -> None:
    """Refuse a downgrade that deletes rows, unless ``-x <option>=yes`` was given.

    Args:
        revision: The revision before which the downgrade goes back.
        option: The name of the option.
        rows: The rows that are deleted, as people call them.
        found: How many there are; None for a script, which has no database to ask.

    Raises:
        CommandError: There are such rows, or there may be, and the option was not given.
    """
    if found == 0 or context.get_x_argument(as_dictionary=True).get(option) == "yes":
        return
    count = "a script cannot look whether there are any"
    if found is not None:
        count = f"there {'is' if found == 1 else 'are'} {found:,}"
    raise CommandError(
        f"Going back to before revision {revision} deletes {rows}, and {count}."
        f" Make a backup, then say so: -x {option}=yes"
    )


def count(
    connection: sa.Connection | None,
    table: sa.TableClause,
    condition: sa.ColumnElement[bool] | None = None,
) -> int | None:
    """Return how many rows of a table fulfil a condition.

    Args:
        connection: The connection; None for a script.
        table: The table, which may be gone where a downgrade ended on its way.
        condition: The condition; None for all rows.

    Returns:
        The number, or None without a connection.
    """
    if connection is None:
        return None
    if not sa.inspect(connection).has_table(table.name):
        return 0
    query = sa.select(sa.func.count()).select_from(table)
    return connection.scalar(query if condition is None else query.where(condition)) or 0
