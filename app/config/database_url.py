"""The URL of the database: the address that the environment gives, in the form SQLAlchemy takes.

``DATABASE_URL`` wins. Without it, ``DATABASE_PROVIDER`` and the ``DB_*`` variables make the
address.
"""

import re
from urllib.parse import unquote

from sqlalchemy import URL, make_url

from app.config.environment import ConfigurationError, Variables, whole_number
from app.config.server_addresses import address, located
from app.config.sqlite_file import MEMORY, sqlite_url

BY_URL = "DATABASE_URL"
NAMING = (BY_URL, "DATABASE_PROVIDER", "SQLITE_PATH")  # a database is named by one of these
DEFAULT_NAME = "rag_fortress"
DEFAULT_FILE = "./rag_fortress.db"
DEFAULT_PORTS = {"postgresql": 5432, "mysql": 3306}

_PROVIDERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_PARTS = re.compile(
    r"(?P<provider>[a-zA-Z]+)(?:\+\w+)?://"
    r"(?P<user>(?:[^:/?@]*(?::[^@]*)?@)?)(?P<hosts>[^/?]*)(?P<tail>.*)"
)

# What other drivers and the servers' own clients call the parameters of a URL.
_SYNONYMS = {
    "ssl": "sslmode",
    "ssl-mode": "sslmode",
    "ssl_mode": "sslmode",
    "ssl_ca": "sslrootcert",
    "ssl_cert": "sslcert",
    "ssl_key": "sslkey",
}
TLS_PARAMETERS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
_PARAMETERS = {
    "sqlite": (),
    "postgresql": (
        *TLS_PARAMETERS,
        "host",
        "port",
        "application_name",
        "channel_binding",
        "connect_timeout",
        "gssencmode",
        "load_balance_hosts",
        "options",
        "passfile",
        "require_auth",
        "target_session_attrs",
    ),
    "mysql": (*TLS_PARAMETERS, "charset", "unix_socket"),
}


def database_url(variables: Variables) -> URL:
    """Return the address of the database, password included.

    Args:
        variables: The environment.

    Returns:
        A URL with one of the three drivers that the console uses. TLS parameters of
        ``DATABASE_URL`` are in its query, by the names that libpq has for them.

    Raises:
        ConfigurationError: The address cannot be used as it stands.
    """
    given = variables.text(BY_URL)
    return _from_url(given) if given else _from_parts(variables)


def _from_parts(variables: Variables) -> URL:
    provider = _provider("DATABASE_PROVIDER", variables.text("DATABASE_PROVIDER", "sqlite"))
    if provider == "sqlite":
        return sqlite_url("SQLITE_PATH", variables.text("SQLITE_PATH", DEFAULT_FILE))
    default_port = DEFAULT_PORTS[provider]
    port = variables.integer("DB_PORT", default_port, low=1, high=65535)
    url = URL.create(
        _DRIVERS[provider],
        username=variables.text("DB_USER", DEFAULT_NAME),
        password=variables.secret("DB_PASSWORD"),
        database=variables.text("DB_NAME", DEFAULT_NAME),
    )
    hosts = variables.text("DB_HOST", "localhost").split(",")
    return located(url, [address("DB_HOST", host, port) for host in hosts], "DB_HOST")


def _from_url(text: str) -> URL:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise ConfigurationError(
            f"{BY_URL} is not a database URL such as postgresql://user:password@host:5432/name."
        )
    provider = _provider(BY_URL, parts["provider"])
    if provider != "sqlite":
        _check_escapes(parts["hosts"] + parts["tail"])
    # The hosts are left out because SQLAlchemy cannot read libpq's form with several of them.
    url = make_url(f"{_DRIVERS[provider]}://{parts['user']}{parts['tail']}")
    url = url.set(query=_known_parameters(url, provider))
    if provider != "sqlite":
        return _server(url, parts["hosts"], DEFAULT_PORTS[provider])
    if parts["hosts"] or parts["user"]:
        raise ConfigurationError(
            f"{BY_URL}: a SQLite file is written sqlite:///file.db, or sqlite:////folder/file.db."
        )
    return sqlite_url(BY_URL, url.database or MEMORY)


def _check_escapes(rest: str) -> None:
    """Refuse an ``@`` after the one that ends the password."""
    before, _, query = rest.partition("?")
    if "@" in before or ("@" in query and "=" not in query):
        raise ConfigurationError(
            f"{BY_URL}: percent-encode special characters in the user name and password "
            "(@ is %40, / is %2F), or use DATABASE_PROVIDER, DB_HOST, DB_USER and DB_PASSWORD."
        )


def _provider(name: str, text: str) -> str:
    provider = _PROVIDERS.get(text.lower())
    if provider is None:
        verb = "must begin with" if name == BY_URL else "must be"
        raise ConfigurationError(f"{name} {verb} sqlite, postgresql or mysql.")
    return provider


def _known_parameters(url: URL, provider: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in url.query.items():
        given[_SYNONYMS.get(name, name)] = value if isinstance(value, str) else ",".join(value)
    known = _PARAMETERS[provider]
    if not given.keys() <= set(known):
        permitted = f"may be {', '.join(known)}" if known else "are not for SQLite"
        raise ConfigurationError(f"{BY_URL}: parameters after the question mark {permitted}.")
    given.pop("charset", None)
    return given


def _server(url: URL, hosts: str, default_port: int) -> URL:
    """Return ``url`` with its hosts, which a URL may also give as parameters."""
    if not url.database:
        raise ConfigurationError(f"{BY_URL} names no database: it ends like /{DEFAULT_NAME}.")
    query = dict(url.query)
    named = str(query.pop("host", "")) or unquote(hosts)
    ports = str(query.pop("port", default_port)).split(",")
    url = url.set(query=query)
    if not named and "unix_socket" not in query and url.get_backend_name() == "mysql":
        named = "localhost"
    names = named.split(",") if named else []
    if len(ports) not in {1, len(names)}:
        raise ConfigurationError(f"{BY_URL} must name one port for all hosts, or one for each.")
    numbers = [whole_number(f"The port in {BY_URL}", port, low=1, high=65535) for port in ports]
    numbers = numbers * len(names) if len(numbers) == 1 else numbers
    found = [address(BY_URL, host, port) for host, port in zip(names, numbers, strict=True)]
    return located(url, found, BY_URL)
