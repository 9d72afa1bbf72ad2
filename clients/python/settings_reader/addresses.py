"""Engines for the addresses that the console takes as ``DATABASE_URL``."""

import re
import ssl
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, make_url

TIMEOUT_SECONDS = 3
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
_HOSTS = re.compile(r"(\w+(?:\+\w+)?://(?:[^/?]*@)?)([^/?@]*,[^/?@]*)(.*)")
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*):?(\d*)")
# What other drivers and the servers' own clients call the parameters.
_SYNONYMS = {
    **dict.fromkeys(("ssl", "ssl-mode", "ssl_mode"), "sslmode"),
    "ssl_ca": "sslrootcert",
    "ssl_cert": "sslcert",
    "ssl_key": "sslkey",
}
_MODES = {
    "disabled": "disable",
    "preferred": "prefer",
    "required": "require",
    "verify_ca": "verify-ca",
    "verify_identity": "verify-full",
}
_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def engine_for(address: str | URL | Engine) -> Engine:
    """Return an engine for an address, with time limits; an engine stays as it is."""
    if isinstance(address, Engine):
        return address
    url = _parsed(address)
    provider, seconds = url.get_backend_name(), TIMEOUT_SECONDS
    if provider == "sqlite":
        engine = create_engine(_of_existing_file(url), connect_args={"timeout": seconds})
        event.listen(engine, "connect", _read_any_text)
        return engine
    arguments: dict[str, Any] = {"connect_timeout": seconds}
    if provider == "postgresql":
        arguments["options"] = f"-c statement_timeout={seconds}s -c lock_timeout=1s"
    else:
        arguments |= {"read_timeout": seconds, "write_timeout": seconds, "charset": "utf8mb4"}
        arguments |= _mysql_tls({name: _first(url, name) for name in _TLS})
        url = url.difference_update_query(_TLS)
    return create_engine(url, pool_size=2, pool_recycle=1800, connect_args=arguments)


def _parsed(address: str | URL) -> URL:
    several = _HOSTS.fullmatch(address) if isinstance(address, str) else None
    # SQLAlchemy reads several hosts from the query alone.
    url = make_url(several[1] + several[3] if several else address)
    provider = url.drivername.partition("+")[0]
    url = url.set(drivername=_DRIVERS.get(provider, url.drivername))
    if several:
        hosts = [_HOST.fullmatch(host) for host in several[2].split(",")]
        names = ",".join(host[1].strip("[]") for host in hosts if host)
        ports = ",".join(host[2] or "5432" for host in hosts if host)
        url = url.update_query_dict({"host": names, "port": ports})
    if provider == "sqlite":
        return url
    query = {_SYNONYMS.get(name, name): value for name, value in url.query.items()}
    if mode := query.get("sslmode"):
        query["sslmode"] = _MODES.get(str(mode).lower(), mode)
    return url.set(query=query)


def _first(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else value[0]


def _mysql_tls(given: dict[str, str]) -> dict[str, Any]:
    """Return what PyMySQL takes for the parameters that libpq has for TLS."""
    mode = given["sslmode"]
    if mode == "disable":
        return {"ssl_disabled": True}
    if mode in {"", "prefer"}:
        return {}
    authority = given["sslrootcert"]
    context = ssl.create_default_context(
        cafile=None if authority == "system" else authority or None
    )
    # The certificates that MySQL makes for itself do not pass the strict check of Python 3.13.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    if given["sslcert"]:
        context.load_cert_chain(given["sslcert"], given["sslkey"] or None)
    return {"ssl": context}


def _read_any_text(connection: Any, _record: Any) -> None:
    # One text that is not UTF-8 would keep all settings from being read.
    connection.text_factory = bytes


def _of_existing_file(url: URL) -> URL:
    # A mistyped path makes no empty database.
    if not url.database or url.database == ":memory:" or url.query:
        return url
    return url.set(database=f"file:{quote(url.database)}", query={"mode": "rw", "uri": "true"})
