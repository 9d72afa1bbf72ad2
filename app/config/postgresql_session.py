"""The session on PostgreSQL: its settings, and how they are made where a pooler is in between.

A pooler lends its connections to the server: in transaction mode for one transaction at a time, so
that what is set or prepared for a session is found by somebody else.
"""

from sqlalchemy import URL

from app.config.environment import ConfigurationError, Variables

LOCK_SECONDS = 5  # on every database, how long a page or a save waits for somebody else's lock
POOLER = "DB_POOLER"

_POOLERS = ("none", "pgbouncer")
_IDLE_SECONDS = 60


def is_pooled(variables: Variables, url: URL) -> bool:
    """Tell whether a pooler is between the console and PostgreSQL.

    Raises:
        ConfigurationError: The variable has another value, or does not suit the database.
    """
    text = variables.text(POOLER, _POOLERS[0]).lower()
    if text not in _POOLERS:
        raise ConfigurationError(f"{POOLER} must be none or pgbouncer.")
    if text == _POOLERS[0]:
        return False
    if url.get_backend_name() != "postgresql":
        raise ConfigurationError(f"{POOLER} is for PostgreSQL only.")
    if "options" in url.query:
        raise ConfigurationError(f"DATABASE_URL: options cannot be used with {POOLER}.")
    return True


def startup_options(statement: int) -> str:
    """Return the settings as libpq sends them while it connects."""
    return " ".join(f"-c {name}={value}" for name, value in _settings(statement).items())


def for_a_transaction(statement: int, **others: str) -> str:
    """Return the statement that makes the settings for one transaction; ``others`` win."""
    settings = _settings(statement) | others
    return "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in settings.items())


def _settings(statement: int) -> dict[str, str]:
    return {
        "timezone": "UTC",
        # The driver reads times in no other style; a server may have been told to write them so.
        "datestyle": "ISO",
        "statement_timeout": f"{statement}s",
        "lock_timeout": f"{min(LOCK_SECONDS, statement)}s",
        "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
        # To compile a statement takes longer than any of the console's short ones.
        "jit": "off",
    }
