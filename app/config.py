"""The environment, read and checked: the one place that knows what can be configured."""

import os
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from flask import current_app
from sqlalchemy import URL

from app.database_options import engine_options
from app.database_url import BY_URL, MEMORY, TLS_PARAMETERS, addresses, database_url
from app.variables import ConfigurationError, Variables

__all__ = ["Configuration", "ConfigurationError", "check_serving", "current", "read"]

Network = IPv4Network | IPv6Network

_ENVIRONMENTS = ("production", "development")
_DOTENV = Path(".env")
_PORTS = {"http": 80, "https": 443}
_LEAST_KEY_BYTES = 32
_LEAST_KEY_VARIETY = 8
_SEQUENCE = (string.digits + string.ascii_lowercase) * 3

# Letters and digits of keys that stand in tutorials and templates. The last is Flask's own example.
_WELL_KNOWN = (
    "changeme",
    "changethis",
    "changeinproduction",
    "secretkey",
    "supersecret",
    "yoursecret",
    "replaceme",
    "replacethis",
    "insecure",
    "password",
    "development",
    "defaultsecret",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
)
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")
_SERVERS = {"postgresql": "PostgreSQL", "mysql": "MySQL/MariaDB"}


@dataclass(frozen=True)
class Configuration:
    """What the environment says, checked.

    Passwords and the secret key are left out of the representation.
    """

    environment: str
    base_url: str | None
    session_idle: timedelta
    session_lifetime: timedelta
    trusted_proxies: tuple[Network, ...]
    is_by_url: bool
    secret_key: str | None = field(repr=False)
    database_url: URL = field(repr=False)
    engine_options: dict[str, Any] = field(repr=False)

    @property
    def is_development(self) -> bool:
        """Tell whether plain HTTP on this machine is what the console is for."""
        return self.environment == "development"

    @property
    def where(self) -> str:
        """The database in words, without a password."""
        provider = self.database_url.get_backend_name()
        if provider == "sqlite":
            file = self.database_url.database
            return "SQLite in memory" if file == MEMORY else f"SQLite file {file}"
        places = " or ".join(str(address) for address in addresses(self.database_url))
        place = places or "its local socket"
        return f"{_SERVERS[provider]} at {place}, database {self.database_url.database}"


def read(environ: Mapping[str, str] | None = None) -> Configuration:
    """Return the configuration.

    Args:
        environ: The variables; None for the process's environment and, for what is not set there,
            the file ``.env`` in the current folder.

    Raises:
        ConfigurationError: A variable has a value that cannot be used.
    """
    variables = Variables(_environment() if environ is None else environ)
    environment = variables.text("CONSOLE_ENV", _ENVIRONMENTS[0]).lower()
    if environment not in _ENVIRONMENTS:
        raise ConfigurationError(f"CONSOLE_ENV must be {' or '.join(_ENVIRONMENTS)}.")
    url = database_url(variables)
    return Configuration(
        environment=environment,
        base_url=_base_url(variables, environment),
        session_idle=timedelta(
            minutes=variables.integer("CONSOLE_SESSION_IDLE_MINUTES", 30, low=1, high=1440)
        ),
        session_lifetime=timedelta(
            hours=variables.integer("CONSOLE_SESSION_HOURS", 12, low=1, high=168)
        ),
        trusted_proxies=_networks(variables.text("TRUSTED_PROXIES")),
        is_by_url=bool(variables.text(BY_URL)),
        secret_key=variables.secret("SECRET_KEY"),
        # What the URL says about TLS is among the options, which are the same for every driver.
        database_url=url.difference_update_query(TLS_PARAMETERS),
        engine_options=engine_options(variables, url),
    )


def current() -> Configuration:
    """Return what the running application was built from."""
    configuration: Configuration = current_app.config["CONSOLE"]
    return configuration


def check_serving(configuration: Configuration) -> None:
    """Refuse to serve, or to print links, with what is good for development only.

    Raises:
        ConfigurationError: The secret key or the base URL is missing or too weak.
    """
    if configuration.is_development:
        return
    _check_secret_key(configuration.secret_key)
    if configuration.base_url is None:
        raise ConfigurationError(
            "CONSOLE_BASE_URL is not set: give the address of the console, "
            "such as https://console.example."
        )
    if not configuration.base_url.startswith("https://"):
        raise ConfigurationError("CONSOLE_BASE_URL must begin with https:// in production.")


def _environment() -> dict[str, str]:
    try:
        filed = dotenv_values(_DOTENV) if _DOTENV.exists() else {}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(".env in the current folder cannot be read as UTF-8.") from None
    return {name: value for name, value in filed.items() if value is not None} | dict(os.environ)


def _base_url(variables: Variables, environment: str) -> str | None:
    """Return the origin (RFC 6454) that the console is reached at."""
    text = variables.text("CONSOLE_BASE_URL")
    if not text and environment == "development":
        port = variables.integer("PORT", 8000, low=1, high=65535)
        return f"http://127.0.0.1:{port}"
    return _origin(text) if text else None


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    scheme, host = parts.scheme, parts.hostname or ""
    has_more = parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment
    if scheme not in _PORTS or not _HOST.fullmatch(host) or port == 0 or has_more:
        raise ConfigurationError(
            "CONSOLE_BASE_URL must be a scheme, a host and perhaps a port, "
            "such as https://console.example."
        )
    host = f"[{host}]" if ":" in host else host
    # Browsers leave the port of the scheme out of Origin, which is compared with this.
    is_usual = port is None or port == _PORTS[scheme]
    return f"{scheme}://{host}" if is_usual else f"{scheme}://{host}:{port}"


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ConfigurationError(
            "TRUSTED_PROXIES must be addresses or networks with commas between them, "
            "such as 127.0.0.1, 10.0.0.0/8."
        ) from None


def _check_secret_key(key: str | None) -> None:
    if key is None:
        raise ConfigurationError(
            "SECRET_KEY is not set: generate one, for example with openssl rand -base64 48."
        )
    if len(key.encode()) < _LEAST_KEY_BYTES:
        raise ConfigurationError(f"SECRET_KEY must have at least {_LEAST_KEY_BYTES} bytes.")
    if _is_guessable(key):
        raise ConfigurationError(
            "SECRET_KEY is a well-known or regular text: generate one, "
            "for example with openssl rand -base64 48."
        )


def _is_guessable(key: str) -> bool:
    core = "".join(character for character in key.lower() if character.isalnum())
    is_repeated = key in (key + key)[1:-1]
    is_poor = len(set(key)) < _LEAST_KEY_VARIETY
    is_known = any(text in core for text in _WELL_KNOWN)
    return is_repeated or is_poor or is_known or core in _SEQUENCE
