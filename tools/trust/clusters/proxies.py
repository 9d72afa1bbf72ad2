"""HAProxy and nginx, with the settings that the documents show."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.guide.checkout import blocks
from tests.guide.installation import INSTALL, NGINX
from tests.support.equipment import program
from tests.support.servers import Unavailable
from tools.trust.clusters import documented, programs
from tools.trust.clusters.programs import Program

CONSOLES = [f"console{number}.example.org:8000" for number in (1, 2)]
TLS = ("ssl_certificate", "server_name")


@contextmanager
def in_front(name: str, port: int, addresses: Sequence[str]) -> Iterator[None]:
    """HAProxy or nginx in front of consoles, as documented, at a port of this machine."""
    if name == "haproxy":
        with haproxy(haproxy_settings(port, addresses)):
            yield
        return
    with programs.home() as home:
        text = nginx_settings(home, port, addresses)
        file = programs.write(home / "nginx.conf", text, None)
        with _running([_path("nginx"), "-p", home, "-c", file], home, port):
            yield


def haproxy_settings(port: int, addresses: Sequence[str]) -> str:
    """Return the documented settings of HAProxy, without TLS."""
    text = documented.block("haproxy", "backend consoles")
    text = text.replace(":443 ssl crt /etc/ssl/console.pem", f"127.0.0.1:{port}")
    return _placed(text, addresses)


def nginx_settings(home: Path, port: int, addresses: Sequence[str]) -> str:
    """Return the documented settings of nginx, without TLS."""
    [server] = blocks(INSTALL, "nginx")
    lines = [line for line in server.splitlines() if not line.strip().startswith(TLS)]
    text = "\n".join(lines).replace("http://127.0.0.1:8000", "http://consoles")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    return NGINX.format(home, _placed(documented.block("nginx", "upstream"), addresses) + text)


def _placed(text: str, addresses: Sequence[str]) -> str:
    for name, address in zip(CONSOLES, addresses, strict=True):
        text = text.replace(name, address)
    return text


@contextmanager
def haproxy(text: str) -> Iterator[None]:
    """HAProxy with some settings, stopped in the end."""
    with programs.home() as home:
        file = programs.write(home / "haproxy.cfg", text, None)
        [port] = [int(line.rpartition(":")[2]) for line in text.splitlines() if " bind " in line]
        with _running([_path("haproxy"), "-db", "-f", file], home, port):
            yield


def _path(name: str) -> str:
    path = program(name)
    if path is None:
        raise Unavailable(f"{name} is not installed")
    return path


@contextmanager
def _running(command: list[object], home: Path, port: int) -> Iterator[None]:
    server = Program(command, home)
    server.start()
    try:
        programs.wait_until(lambda: _listens(port), f"{command[0]}: {server.last_lines()}", 10)
        yield
    finally:
        server.end()


def _listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False
