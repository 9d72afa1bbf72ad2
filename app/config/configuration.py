"""The configuration: all that the environment can set, read and checked."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import URL

from app.config import development_key, environment, secret_key, spelling
from app.config.api_limits import ApiLimits, api_limits
from app.config.base_url import base_url
from app.config.database_options import engine_options, statement_seconds
from app.config.database_url import BY_URL, NAMING, TLS_PARAMETERS, database_url
from app.config.environment import ConfigurationError, Variables
from app.config.metrics_access import MetricsAccess, metrics_access
from app.config.networks import Network, networks
from app.config.postgresql_session import is_pooled
from app.config.security_contact import SecurityContact, security_contact
from app.config.server_addresses import addresses
from app.config.settings_keys import SettingsKeys, settings_keys
from app.config.sign_in_limits import sign_in_limits
from app.config.sqlite_file import MEMORY
from app.domain.authentication.budgets import ThrottleLimits
from app.domain.permissions import PermissionCode
from app.models.spelling import stored_address

TAG_CHARACTERS = 8

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

# The first of each is the default.
_ENVIRONMENTS = ("production", "development")
_PASSWORD_SCHEMES = ("argon2id", "bcrypt")
_LOG_FORMATS = {"production": ("json", "text"), "development": ("text", "json")}

_SERVERS = {"postgresql": "PostgreSQL", "mysql": "MySQL/MariaDB"}


@dataclass(frozen=True)
class Configuration:
    """The checked configuration.

    Passwords and the secret key are left out of the representation.
    """

    environment: str
    base_url: str | None
    session_idle: timedelta
    session_lifetime: timedelta
    authentication_age: timedelta
    sign_in_limits: ThrottleLimits
    api_limits: ApiLimits
    metrics: MetricsAccess
    webhook_networks: tuple[Network, ...]
    trusted_proxies: tuple[Network, ...]
    email_domains: tuple[str, ...]
    is_by_url: bool
    password_scheme: str
    is_pooled: bool
    statement_seconds: int
    log_format: str
    is_environment_named: bool
    is_database_named: bool
    second_factor_for: tuple[PermissionCode, ...]
    secret_key: str | None = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    audit_keys: tuple[str, ...] = field(repr=False)
    settings_keys: SettingsKeys
    security_contact: SecurityContact | None
    database_url: URL = field(repr=False)
    engine_options: dict[str, Any] = field(repr=False)

    @property
    def is_development(self) -> bool:
        """Tell whether plain HTTP on this machine is what the console is for."""
        return self.environment == "development"

    @cached_property
    def origin(self) -> str | None:
        """The origin of the base URL, as browsers send it with forms (RFC 6454)."""
        return self.base_url and self.base_url.removesuffix(self.base_path)

    @cached_property
    def base_path(self) -> str:
        """The path of the base URL, such as ``/console``; empty at the root of a host."""
        return urlsplit(self.base_url or "").path

    def cookie(self, name: str) -> str:
        """Return the name of a cookie of this console.

        Browsers send the cookies of a host to all of its ports, so the name says which console it
        is from; in production it is bound to the host and to HTTPS (RFC 6265bis, section 4.1.3.2).
        """
        return f"{'' if self.is_development else '__Host-'}{name}-{self._tag}"

    @cached_property
    def _tag(self) -> str:
        return hashlib.sha256((self.base_url or "").encode()).hexdigest()[:TAG_CHARACTERS]

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
        environ: The variables; None for those of the process, completed by the file ``.env`` and,
            in development, by the key that ``make run`` keeps.

    Raises:
        ConfigurationError: A variable has a value that cannot be used.
    """
    if environ is None:
        environ = development_key.completed(environment.from_process())
    variables = Variables(environ)
    spelling.check(variables)
    return _configuration(variables)


def _configuration(variables: Variables) -> Configuration:
    name = _one_of(variables, "CONSOLE_ENV", _ENVIRONMENTS)
    url = database_url(variables)
    key = _secret_key(variables)
    return Configuration(
        environment=name,
        base_url=base_url(variables, name),
        session_idle=_minutes(variables, "CONSOLE_SESSION_IDLE_MINUTES"),
        session_lifetime=_hours(variables, "CONSOLE_SESSION_HOURS"),
        authentication_age=_minutes(variables, "CONSOLE_REAUTHENTICATE_MINUTES"),
        sign_in_limits=sign_in_limits(variables),
        api_limits=api_limits(variables),
        metrics=metrics_access(variables),
        webhook_networks=networks(variables, "WEBHOOK_NETWORKS"),
        trusted_proxies=networks(variables, "TRUSTED_PROXIES"),
        email_domains=_domains(variables.text("EMAIL_DOMAINS")),
        is_by_url=bool(variables.text(BY_URL)),
        log_format=_one_of(variables, "CONSOLE_LOG_FORMAT", _LOG_FORMATS[name]),
        is_environment_named=bool(variables.text("CONSOLE_ENV")),
        password_scheme=_one_of(variables, "PASSWORD_SCHEME", _PASSWORD_SCHEMES),
        is_pooled=is_pooled(variables, url),
        statement_seconds=statement_seconds(variables),
        is_database_named=any(map(variables.text, NAMING)),
        second_factor_for=_permissions(variables.text("SECOND_FACTOR_FOR")),
        secret_key=key,
        secret_key_fallbacks=_keys(variables, "SECRET_KEY_FALLBACKS"),
        audit_keys=_audit_keys(variables, key),
        settings_keys=settings_keys(variables),
        security_contact=security_contact(variables),
        database_url=_without_tls(url),
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
    secret_key.check(configuration.secret_key)
    if configuration.base_url is None:
        raise ConfigurationError(
            "CONSOLE_BASE_URL is not set: give the address of the console, "
            "such as https://console.example."
        )
    if not configuration.base_url.startswith("https://"):
        raise ConfigurationError("CONSOLE_BASE_URL must begin with https:// in production.")


def _secret_key(variables: Variables) -> str | None:
    # Files have a line break behind a key: with and without it, it is one key.
    return (variables.secret("SECRET_KEY") or "").rstrip("\r\n") or None


def _hours(variables: Variables, name: str) -> timedelta:
    return timedelta(hours=variables.integer(name, 12, low=1, high=168))


def _without_tls(url: URL) -> URL:
    """Return the URL without what it says about TLS, which is among the options of the engine."""
    return url.difference_update_query(TLS_PARAMETERS)


def _minutes(variables: Variables, name: str) -> timedelta:
    return timedelta(minutes=variables.integer(name, 30, low=1, high=1440))


def _audit_keys(variables: Variables, secret: str | None) -> tuple[str, ...]:
    """Return the keys of the audit chain, the current one first."""
    own = (variables.secret("AUDIT_KEY") or "").rstrip("\r\n")
    if own:
        secret_key.check(own, "AUDIT_KEY")
    keys = (own, secret or "", *_keys(variables, "AUDIT_KEY_FALLBACKS"))
    return tuple(key for key in keys if key)


def _keys(variables: Variables, name: str) -> tuple[str, ...]:
    """Return former keys, which have commas between them."""
    keys = (key.strip() for key in (variables.secret(name) or "").split(","))
    return tuple(key for key in keys if key)


def _permissions(text: str) -> tuple[PermissionCode, ...]:
    try:
        return tuple(PermissionCode(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        codes = ", ".join(PermissionCode)
        raise ConfigurationError(
            f"SECOND_FACTOR_FOR must be permissions with commas between them, of these: {codes}."
        ) from None


def _one_of(variables: Variables, name: str, values: Sequence[str]) -> str:
    value = variables.text(name, values[0]).lower()
    if value not in values:
        raise ConfigurationError(f"{name} must be {' or '.join(values)}.")
    return value


def _domains(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    domains = tuple(stored_address(f"@{part}")[1:] for part in parts)
    if not all(map(_DOMAIN.fullmatch, domains)):
        raise ConfigurationError(
            "EMAIL_DOMAINS must be domains with commas between them, such as corp.local, intranet."
        )
    return domains
