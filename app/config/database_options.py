"""Options of the database engine: TLS, the connection pool and time limits."""

import ssl
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL

from app.config.database_url import BY_URL, TLS_PARAMETERS
from app.config.environment import ConfigurationError, Variables, whole_number
from app.config.postgresql_session import LOCK_SECONDS, is_pooled, startup_options
from app.config.sqlite_file import MEMORY

SYSTEM = "system"  # libpq's word for the certificate authorities of the operating system

_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_MYSQL_MODES = {
    "disabled": "disable",
    "preferred": "prefer",
    "required": "require",
    "verify_ca": "verify-ca",
    "verify_identity": "verify-full",
}
_RECYCLE_SECONDS = 1800  # MySQL drops connections that were idle for long


class _Setting(NamedTuple):
    """A value and the variable that gave it."""

    value: str
    name: str


class _Tls(NamedTuple):
    mode: _Setting
    authority: _Setting
    certificate: _Setting
    key: _Setting


def engine_options(variables: Variables, url: URL) -> dict[str, Any]:
    """Return what ``create_engine`` takes besides the address.

    Args:
        variables: The environment.
        url: The address, as ``database_url`` returns it.

    Raises:
        ConfigurationError: An option has a value that cannot be used.
    """
    pool: dict[str, Any] = {
        "pool_size": variables.integer("DB_POOL_SIZE", 5, low=1, high=100),
        "max_overflow": variables.integer("DB_MAX_OVERFLOW", 5, low=0, high=100),
        "pool_timeout": variables.integer("DB_POOL_TIMEOUT", 5, low=1, high=60),
    }
    connecting = _connect_timeout(variables, url)
    statement = statement_seconds(variables)
    provider = url.get_backend_name()
    if provider == "sqlite":
        timeout = {"connect_args": {"timeout": LOCK_SECONDS}}
        return timeout if url.database == MEMORY else timeout | pool
    tls = _tls(variables, url)
    pool |= {"pool_recycle": _RECYCLE_SECONDS}
    if provider == "mysql":
        return pool | {"connect_args": _mysql(url, tls, connecting, statement)}
    options = f"{startup_options(statement)} {url.query.get('options', '')}".rstrip()
    is_shared = is_pooled(variables, url)
    session = {"prepare_threshold": None} if is_shared else {"options": options}
    return pool | {"connect_args": _postgresql(tls, connecting, statement) | session}


def statement_seconds(variables: Variables) -> int:
    """Return how long a statement may take."""
    return variables.integer("DB_STATEMENT_TIMEOUT", 10, low=1, high=86400)


def _connect_timeout(variables: Variables, url: URL) -> int:
    if "connect_timeout" in url.query:
        value = str(url.query["connect_timeout"])
        return whole_number(f"connect_timeout in {BY_URL}", value, low=1, high=60)
    return variables.integer("DB_CONNECT_TIMEOUT", 3, low=1, high=60)


def _postgresql(tls: _Tls, connecting: int, statement: int) -> dict[str, Any]:
    values = dict(zip(TLS_PARAMETERS, (setting.value for setting in tls), strict=True))
    arguments: dict[str, Any] = {name: value for name, value in values.items() if value}
    # A server that vanished sends nothing: without keepalives its answer is awaited for hours.
    arguments |= {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
    # read_timeout is not libpq's: app/database/opening.py takes it.
    arguments |= {"client_encoding": "UTF8", "read_timeout": statement}
    return arguments | {"connect_timeout": connecting}


def _mysql(url: URL, tls: _Tls, connecting: int, statement: int) -> dict[str, Any]:
    lock = min(LOCK_SECONDS, statement)
    arguments: dict[str, Any] = {
        "charset": "utf8mb4",
        "connect_timeout": connecting,
        "read_timeout": statement,
        "write_timeout": statement,
        # The second is for LOCK TABLES and for changes of tables, which pages wait for as well.
        "init_command": f"SET innodb_lock_wait_timeout = {lock}, lock_wait_timeout = {lock}",
    }
    if url.password:
        # PyMySQL would encode a text as Latin-1, which no server expects.
        arguments["password"] = url.password.encode()
    if tls.mode.value == "disable":
        arguments["ssl_disabled"] = True
    elif tls.mode.value in {"require", "verify-ca", "verify-full"}:
        arguments["ssl"] = _context(tls)
    return arguments


def _tls(variables: Variables, url: URL) -> _Tls:
    tls = _Tls(*(_setting(variables, url, parameter) for parameter in TLS_PARAMETERS))
    mode = tls.mode.value.lower()
    tls = tls._replace(mode=_Setting(_MYSQL_MODES.get(mode, mode), tls.mode.name))
    modes = _MODES if url.get_backend_name() == "postgresql" else _MODES[:1] + _MODES[2:]
    if tls.mode.value and tls.mode.value not in modes:
        where = f"sslmode in {BY_URL}" if tls.mode.name == BY_URL else tls.mode.name
        raise ConfigurationError(f"{where} must be {', '.join(modes[:-1])} or {modes[-1]}.")
    _check_authority(tls)
    if bool(tls.certificate.value) != bool(tls.key.value):
        raise ConfigurationError("DB_SSLCERT and DB_SSLKEY must be given together.")
    for setting in tls[1:]:
        _check_readable(setting)
    return tls


def _setting(variables: Variables, url: URL, parameter: str) -> _Setting:
    if parameter in url.query:
        return _Setting(str(url.query[parameter]), BY_URL)
    name = f"DB_{parameter.upper()}"
    return _Setting(variables.text(name), name)


def _check_authority(tls: _Tls) -> None:
    """Refuse combinations that verify less than they seem to, as libpq does in part."""
    verifies = tls.mode.value.startswith("verify-")
    if verifies and not tls.authority.value:
        raise ConfigurationError(
            f"{tls.mode.name}: {tls.mode.value} needs DB_SSLROOTCERT, the file of the authority "
            f"that signed the server's certificate, or the word {SYSTEM}."
        )
    if tls.authority.value and not verifies:
        raise ConfigurationError(
            f"{tls.authority.name}: a root certificate is used with sslmode verify-ca or "
            "verify-full only."
        )
    if tls.authority.value == SYSTEM and tls.mode.value != "verify-full":
        raise ConfigurationError(
            f"{tls.authority.name}: {SYSTEM} is used with sslmode verify-full only."
        )


def _check_readable(setting: _Setting) -> None:
    if not setting.value or setting.value == SYSTEM:
        return
    try:
        with Path(setting.value).open("rb"):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"{setting.name}: {setting.value} cannot be read ({error.strerror})."
        ) from None


def _context(tls: _Tls) -> ssl.SSLContext:
    """Return what PyMySQL checks the server by.

    Its own options never check the host name without a file of authorities.
    """
    authority = None if tls.authority.value in {"", SYSTEM} else tls.authority.value
    try:
        context = ssl.create_default_context(cafile=authority)
    except ssl.SSLError:
        raise ConfigurationError(f"{tls.authority.name}: not a certificate in PEM form.") from None
    # The certificates that MySQL makes for itself do not pass the strict check of Python 3.13.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = tls.mode.value == "verify-full"
    if tls.mode.value == "require":
        context.verify_mode = ssl.CERT_NONE
    if tls.certificate.value:
        try:
            context.load_cert_chain(tls.certificate.value, tls.key.value, password="")
        except ssl.SSLError:
            raise ConfigurationError(
                f"{tls.certificate.name}: the certificate and its key cannot be used together."
            ) from None
    return context
