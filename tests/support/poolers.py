"""PgBouncer in front of the PostgreSQL server of a test run, in any of its modes."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import URL

from tests.support import servers
from tests.support.equipment import program

START_SECONDS = 20


@contextlib.contextmanager
def started(server: servers.Server, mode: str, **options: str) -> Iterator[int]:
    """Run PgBouncer in front of a server; give its port."""
    url = servers.driver_url(server.url)
    owner = servers.unprivileged("postgres")
    home = servers.home_for(owner)
    port = servers.free_port()
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "trust",
        "auth_file": home / "users",
        "pool_mode": mode,
        **options,
    }
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    place = f"* = host={url.host} port={url.port or 5432}"
    _write(home / "users", f'"{url.username}" "{url.password}"\n', owner)
    _write(home / "ini", f"[databases]\n{place}\n[pgbouncer]\n{lines}", owner)
    keeper = servers.keep([program("pgbouncer"), home / "ini"], home, owner, "KILL")
    pooler = servers.Server("postgresql", "", keeper)
    try:
        _await(url.set(drivername="postgresql", host="127.0.0.1", port=port, database="postgres"))
        yield port
    finally:
        pooler.stop()


def _write(path: Path, content: str, owner: str | None) -> None:
    path.write_text(content)
    if owner:
        shutil.chown(path, owner)


def _await(url: URL) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
