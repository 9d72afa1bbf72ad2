"""Which database: the address that the environment gives, in the form SQLAlchemy takes.

``DATABASE_URL`` wins. Without it, ``DATABASE_PROVIDER`` and the ``DB_*`` variables make the
address.
"""

import ipaddress
import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from sqlalchemy import URL, make_url

from app.config.environment import ConfigurationError, Variables, check_printable, whole_number

BY_URL = "DATABASE_URL"
MEMORY = ":memory:"
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
_HOST_NAME = re.compile(r"(?!.{254})[\w-]{1,63}(\.[\w-]{1,63})*\.?")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\w*))?")

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


class Address(NamedTuple):
    """A place where a server listens: a host and a port, or the path of a socket and no port."""

    host: str
    port: int | None

    def __str__(self) -> str:
        """Return the address as people write it."""
        if self.port is None or self.host.startswith("/"):
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


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


def addresses(url: URL) -> list[Address]:
    """Return the places where the server of ``url`` may be; none for libpq's own default."""
    hosts, ports = url.query.get("host"), url.query.get("port")
    if isinstance(hosts, str) and isinstance(ports, str):
        pairs = zip(hosts.split(","), ports.split(","), strict=True)
        return [Address(host, int(port)) for host, port in pairs]
    socket = url.query.get("unix_socket") or hosts
    if isinstance(socket, str):
        return [Address(socket, None)]
    return [Address(url.host, url.port)] if url.host else []


def _from_parts(variables: Variables) -> URL:
    provider = _provider("DATABASE_PROVIDER", variables.text("DATABASE_PROVIDER", "sqlite"))
    if provider == "sqlite":
        return _sqlite("SQLITE_PATH", variables.text("SQLITE_PATH", DEFAULT_FILE))
    default_port = DEFAULT_PORTS[provider]
    port = variables.integer("DB_PORT", default_port, low=1, high=65535)
    url = URL.create(
        _DRIVERS[provider],
        username=variables.text("DB_USER", DEFAULT_NAME),
        password=variables.secret("DB_PASSWORD"),
        database=variables.text("DB_NAME", DEFAULT_NAME),
    )
    hosts = variables.text("DB_HOST", "localhost").split(",")
    return _located(url, [_address("DB_HOST", host, port) for host in hosts], "DB_HOST")


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
    return _sqlite(BY_URL, url.database or MEMORY)


def _check_escapes(rest: str) -> None:
    """Refuse an ``@`` after the one that ends the password."""
    address, _, query = rest.partition("?")
    if "@" in address or ("@" in query and "=" not in query):
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
    found = [_address(BY_URL, host, port) for host, port in zip(names, numbers, strict=True)]
    return _located(url, found, BY_URL)


def _address(name: str, text: str, default_port: int) -> Address:
    """Return one host, with the port it may carry."""
    text = text.strip()
    if text.startswith("/"):
        return Address(text, default_port)
    if _is_ipv6(text):
        return Address(text, default_port)
    parts = _HOST_AND_PORT.fullmatch(text)
    host = parts["host"] if parts else ""
    if not (_HOST_NAME.fullmatch(host) or (host.startswith("[") and _is_ipv6(host[1:-1]))):
        raise ConfigurationError(f"{name} must name a host, such as db.example or ::1.")
    port = parts["port"] if parts else None
    if port:
        default_port = whole_number(f"The port in {name}", port, low=1, high=65535)
    return Address(host.strip("[]"), default_port)


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6  # noqa: PLR2004 - the name of the protocol
    except ValueError:
        return False


def _located(url: URL, found: list[Address], name: str) -> URL:
    if len(found) > 1:
        return _several(url, found, name)
    if not found:
        return url
    [(host, port)] = found
    if not host.startswith("/"):
        return url.set(host=host, port=port)
    if url.get_backend_name() == "mysql":
        return url.update_query_dict({"unix_socket": host})
    return url.update_query_dict({"host": host, "port": str(port)})


def _several(url: URL, found: list[Address], name: str) -> URL:
    """Return ``url`` for several hosts of which the one that takes writes is used."""
    if url.get_backend_name() != "postgresql":
        raise ConfigurationError(f"{name} may name several hosts for PostgreSQL only.")
    hosts = ",".join(address.host for address in found)
    ports = ",".join(str(address.port) for address in found)
    target = url.query.get("target_session_attrs", "read-write")
    return url.update_query_dict({"host": hosts, "port": ports, "target_session_attrs": target})


def _sqlite(name: str, text: str) -> URL:
    if text == MEMORY:
        return URL.create("sqlite", database=MEMORY)
    check_printable(name, text)
    # Absolute, because Flask-SQLAlchemy would look for a relative path in its instance folder.
    path = Path(os.path.normpath(Path.cwd() / text))
    try:
        problem = _file_problem(path)
    except OSError as error:
        problem = f"cannot be used ({error.strerror})"
    if problem:
        raise ConfigurationError(f"{name}: {path} {problem}.")
    return URL.create("sqlite", database=str(path))


def _file_problem(path: Path) -> str | None:
    """Say what keeps SQLite from using the file, if anything does.

    SQLite itself says "unable to open database file" to all of it. It also needs to write to the
    folder, where it keeps its journal.
    """
    if path.is_dir():
        return "is a folder, not a file"
    if not path.parent.is_dir():
        return "is in a folder that does not exist"
    if not os.access(path.parent, os.W_OK, effective_ids=True):
        return "is in a folder that cannot be written to"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK, effective_ids=True):
        return "cannot be written to"
    return None
