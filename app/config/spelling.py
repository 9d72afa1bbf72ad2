"""Misspelt variables: an error instead of a default that nobody chose."""

import difflib
from collections.abc import Set as AbstractSet

from app.config.api_limits import PER_TOKEN, REFUSED, STORE
from app.config.environment import ConfigurationError, Variables
from app.config.metrics_access import NETWORKS, TOKEN
from app.config.settings_keys import FALLBACKS, OWN

SERVER = ("DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME")
NAMES = (
    *("CONSOLE_ENV", "SECRET_KEY", "CONSOLE_BASE_URL", "PORT", "HOST", "TRUSTED_PROXIES"),
    *("SECRET_KEY_FALLBACKS", "SECOND_FACTOR_FOR", "CONSOLE_LOG_FORMAT"),
    *("SECURITY_CONTACT", "SECURITY_CONTACT_EXPIRES"),
    *("CONSOLE_SESSION_IDLE_MINUTES", "CONSOLE_SESSION_HOURS", "CONSOLE_REAUTHENTICATE_MINUTES"),
    *("PASSWORD_SCHEME", "EMAIL_DOMAINS", "AUDIT_KEY", "AUDIT_KEY_FALLBACKS"),
    *("SIGN_IN_PER_ACCOUNT", "SIGN_IN_PER_NETWORK", "SIGN_IN_PER_BROWSER"),
    "SIGN_IN_PERIOD_MINUTES",
    *(*OWN, FALLBACKS, TOKEN, NETWORKS, PER_TOKEN, REFUSED, STORE, "WEBHOOK_NETWORKS"),
    *("DATABASE_URL", "DATABASE_PROVIDER", "SQLITE_PATH", *SERVER),
    *("DB_SSLMODE", "DB_SSLROOTCERT", "DB_SSLCERT", "DB_SSLKEY"),
    *("DB_POOL_SIZE", "DB_MAX_OVERFLOW", "DB_POOL_TIMEOUT"),
    *("DB_CONNECT_TIMEOUT", "DB_STATEMENT_TIMEOUT", "DB_POOLER"),
)
# So short that other programs have variables almost like them.
_SHORT = {"PORT", "HOST"}
# Kubernetes sets DB_PORT by itself, for a service named db.
_OF_A_SERVER = tuple(name for name in SERVER if name != "DB_PORT")
_SIMILARITY = 0.85


def check(variables: Variables) -> None:
    """Refuse what is nearly the name of a variable, and a server without its provider.

    Raises:
        ConfigurationError: The sentence names the variable, never its value.
    """
    given = variables.names()
    meant = set(NAMES) - given - _SHORT - _replaced(given)
    for name in sorted(given - set(NAMES)):
        for other in difflib.get_close_matches(name.upper(), meant, n=1, cutoff=_SIMILARITY):
            raise ConfigurationError(f"{name} is no variable of the console. It may mean {other}.")
    stray = next((name for name in _OF_A_SERVER if name in given), None)
    if stray and not given & {"DATABASE_URL", "DATABASE_PROVIDER", "SQLITE_PATH"}:
        raise ConfigurationError(
            f"{stray} is set and DATABASE_PROVIDER is not: set it to postgresql or mysql,"
            " or to sqlite."
        )


def _replaced(given: AbstractSet[str]) -> set[str]:
    """Return the names that nobody needs beside those that are given."""
    if "DATABASE_URL" in given:
        return {"DATABASE_PROVIDER", "SQLITE_PATH", *SERVER}
    return {"DATABASE_URL"} if "DATABASE_PROVIDER" in given else set()
