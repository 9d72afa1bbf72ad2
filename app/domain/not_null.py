"""Columns that take no NULL in a database that was made by hand, although the models allow it."""

import time
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Connection, Engine, bindparam, event, text
from sqlalchemy.orm import Mapper

from app.models import ApplicationSetting, Role, User

# Like the revision for visitors: pages ask no more than this, and a change is noticed soon.
ASK_EVERY = 5.0
VALUE = ApplicationSetting.value.key
_TABLES: BindParameter[Any] = bindparam(
    "tables", [model.__tablename__ for model in (ApplicationSetting, Role, User)], expanding=True
)
_QUERIES = {
    provider: text(query).bindparams(_TABLES)
    for provider, query in {
        "sqlite": "SELECT made.name, field.name FROM sqlite_master AS made,"
        ' pragma_table_info(made.name) AS field WHERE made.name IN :tables AND field."notnull"',
        "postgresql": "SELECT relname, attname FROM pg_attribute JOIN pg_class"
        " ON pg_class.oid = attrelid WHERE relname IN :tables AND pg_table_is_visible(attrelid)"
        " AND attnotnull AND attnum > 0",
        "mysql": "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND table_name IN :tables AND is_nullable = 'NO'",
    }.items()
}
_known: WeakKeyDictionary[Engine, tuple[float, frozenset[tuple[str, str]]]] = WeakKeyDictionary()


def takes_null(connection: Connection, table: str, column: str) -> bool:
    """Tell whether the database takes NULL in a column; it is asked every 5 seconds at most."""
    asked, found = _known.get(connection.engine, (None, frozenset()))
    if asked is None or time.monotonic() - asked >= ASK_EVERY:
        rows = connection.execute(_QUERIES[connection.dialect.name])
        found = frozenset((name, of) for name, of in rows)
        _known[connection.engine] = (time.monotonic(), found)
    return (table, column) not in found


@event.listens_for(ApplicationSetting, "before_insert")
@event.listens_for(ApplicationSetting, "before_update")
@event.listens_for(Role, "before_insert")
@event.listens_for(Role, "before_update")
@event.listens_for(User, "before_insert")
@event.listens_for(User, "before_update")
def _fill(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """Store "" for a text that was left out, but for a value: there "not set" is another thing."""
    columns = {column.key: getattr(row, column.key) for column in mapper.local_table.columns}
    for name, value in filled(connection, mapper.class_, columns).items():
        if value != columns[name]:
            setattr(row, name, value)


def filled(connection: Connection, model: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with "" for each text that was left out, if its column takes no NULL."""
    changed = dict(row)
    for column in model.__table__.columns:
        is_left_out = column.nullable and column.key != VALUE and row.get(column.key) is None
        if is_left_out and not takes_null(connection, str(column.table), column.name):
            changed[column.key] = ""
    return changed
