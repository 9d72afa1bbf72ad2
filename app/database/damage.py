"""Damage of a SQLite file, as SQLite itself finds it."""

from sqlalchemy import Connection

_WELL = "ok"


def of_file(connection: Connection) -> str:
    """Return what is wrong with the pages of a SQLite file; "" for nothing, and elsewhere."""
    if connection.dialect.name != "sqlite":
        return ""
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return "" if found == _WELL else " ".join(found.split())
