"""The triggers that refuse to change or delete audit events, as revision 011 creates them."""

from sqlalchemy import Connection, text

_NAMES = frozenset(
    f"console_audit_{table}_no_{operation}"
    for table in ("events", "chain")
    for operation in ("update", "delete")
)
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
    " AND tgrelid IN (to_regclass('console_audit_events'), to_regclass('console_audit_chain'))",
    "mysql": "SELECT trigger_name FROM information_schema.triggers"
    " WHERE trigger_schema = DATABASE()",
}


def is_protected(connection: Connection) -> bool:
    """Tell whether the triggers are there."""
    name = "mysql" if connection.dialect.name == "mariadb" else connection.dialect.name
    return set(connection.scalars(text(_TRIGGERS[name]))) >= _NAMES
