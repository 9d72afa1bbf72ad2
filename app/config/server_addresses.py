"""Addresses of database servers: hosts and ports, read and put into a URL."""

import ipaddress
import re
from typing import NamedTuple

from sqlalchemy import URL

from app.config.environment import ConfigurationError, whole_number

_HOST_NAME = re.compile(r"(?!.{254})[\w-]{1,63}(\.[\w-]{1,63})*\.?")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\w*))?")


class Address(NamedTuple):
    """A place where a server listens: a host and a port, or the path of a socket and no port."""

    host: str
    port: int | None

    def __str__(self) -> str:
        """Return the address as people write it."""
        if self.port is None or self.host.startswith("/"):
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


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


def address(name: str, text: str, default_port: int) -> Address:
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
        return isinstance(ipaddress.ip_address(text), ipaddress.IPv6Address)
    except ValueError:
        return False


def located(url: URL, found: list[Address], name: str) -> URL:
    """Return ``url`` with the addresses of its server."""
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
