"""Database servers for one test run: named by the environment, or thrown away afterwards."""

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

NAMES = ("postgresql", "mysql")
VARIABLES = {"postgresql": "TEST_POSTGRESQL_URL", "mysql": "TEST_MYSQL_URL"}
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
LOCAL = {
    "postgresql": "postgresql://postgres@127.0.0.1:5432/console_test",
    "mysql": "mysql://root@127.0.0.1:3306/console_test",
}
USER = "console_test"
PASSWORD = "p@ss:word/for?tests"
START_SECONDS = 60
ROOMY = 1024**3


class Unavailable(Exception):
    """There is no such server here; the text says what was looked for."""


@dataclass(frozen=True)
class Server:
    """A running server: ``url`` names a database that need not exist, only be named after tests."""

    name: str
    url: str
    keeper: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Stop a throwaway server and remove its files; leave any other alone."""
        if self.keeper is None or self.keeper.stdin is None:
            return
        self.keeper.stdin.close()
        self.keeper.wait(timeout=START_SECONDS)


def find(name: str) -> Server:
    """Return the server that the tests of a database use, started if need be.

    Raises:
        Unavailable: None is named, installed or allowed.
    """
    url = os.environ.get(VARIABLES[name])
    if url:
        return _reached(name, url)
    try:
        return _START[name]()
    except Unavailable as absence:
        if os.environ.get("TEST_USE_LOCAL") == "1":
            return _reached(name, LOCAL[name])
        raise Unavailable(f"{VARIABLES[name]} is not set, and {absence}") from None


def driver_url(url: str) -> URL:
    """Return a URL with the driver that the tests themselves use."""
    parsed = make_url(url)
    scheme = parsed.drivername.partition("+")[0]
    url = parsed.set(drivername=DRIVERS.get(scheme, scheme))
    if url.query.get("sslmode") == "disable" and scheme in {"mysql", "mariadb"}:
        # The word for it that the driver knows.
        url = url.set(query={"ssl_disabled": "true"})
    return url


def administrate(server: Server, *statements: str) -> None:
    """Run statements outside a transaction and outside the databases of the tests."""
    home = {"postgresql": "postgres", "mysql": ""}[server.name]
    engine = create_engine(
        driver_url(server.url).set(database=home),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def ram_directory(prefix: str) -> Path:
    """Make a directory in memory where there is room for a database, else among other files."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK)
    roomy = roomy and shutil.disk_usage(memory).free > ROOMY
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


def _reached(name: str, url: str) -> Server:
    if "test" not in (make_url(url).database or ""):
        raise Unavailable(f"{VARIABLES[name]} names a database without 'test' in its name")
    server = Server(name, url)
    try:
        administrate(server, "SELECT 1")
    except SQLAlchemyError as error:
        address = make_url(url).render_as_string(hide_password=True)
        reason = str(error).splitlines()[0]
        raise Unavailable(f"no server answers at {address}: {reason}") from error
    return server


def _start_postgresql() -> Server:
    binaries = folder_of("initdb", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
    owner = unprivileged("postgres")
    home = home_for(owner)
    secret = home / "password"
    secret.write_text(PASSWORD)
    if owner:
        shutil.chown(secret, owner)
    _run(
        [
            *(binaries / "initdb", "--pgdata", home / "data", "--username", USER, "--no-sync"),
            *("--pwfile", secret, "--auth-local=trust", "--auth-host=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
        ],
        home,
        owner,
    )
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": home,
        "max_connections": 200,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "timezone": "Asia/Tokyo",  # far from UTC: what relies on the server's zone shows itself
    }
    settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    keeper = keep([binaries / "postgres", "-D", home / "data", *settings], home, owner, "QUIT")
    url = URL.create("postgresql", USER, PASSWORD, "127.0.0.1", port, "console_test")
    return _awaited(Server("postgresql", url.render_as_string(hide_password=False), keeper), home)


def _start_mysql() -> Server:
    install = folder_of("mariadb-install-db", "/usr/bin", "/usr/local/bin")
    binaries = folder_of("mariadbd", "/usr/sbin", "/usr/libexec", "/usr/local/sbin")
    owner = unprivileged("mysql")
    home = home_for(owner)
    _run(
        [
            *(install / "mariadb-install-db", "--no-defaults", f"--datadir={home / 'data'}"),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
            "--innodb-log-file-size=16M",
        ],
        home,
        owner,
    )
    port = free_port()
    # Without Debian's configuration the server's character set is latin1: what the tables are made
    # with has to come from the console itself.
    start = home / "start.sql"
    start.write_text(
        f'CREATE USER {USER}@"%" IDENTIFIED BY "{PASSWORD}";\n'
        f'GRANT ALL ON *.* TO {USER}@"%" WITH GRANT OPTION;\n'
    )
    if owner:
        shutil.chown(start, owner)
    keeper = keep(
        [
            *(binaries / "mariadbd", "--no-defaults", f"--datadir={home / 'data'}"),
            *(f"--socket={home / 'socket'}", f"--port={port}", "--bind-address=127.0.0.1"),
            *(f"--pid-file={home / 'pid'}", f"--init-file={start}", "--skip-name-resolve"),
            # A server that starts deletes the temporary tables of others from a folder they share.
            f"--tmpdir={home}",
            *("--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M"),
            *("--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"),
            *("--max-connections=200", "--default-time-zone=+09:00"),
        ],
        home,
        owner,
        "KILL",
    )
    url = URL.create("mysql", USER, PASSWORD, "127.0.0.1", port, "console_test")
    return _awaited(Server("mysql", url.render_as_string(hide_password=False), keeper), home)


_START: dict[str, Callable[[], Server]] = {
    "postgresql": _start_postgresql,
    "mysql": _start_mysql,
}


def folder_of(program: str, *patterns: str) -> Path:
    """Return the folder that has a program: one of the patterns, or of the path.

    Raises:
        Unavailable: None has it.
    """
    for folder in _folders(patterns):
        if os.access(folder / program, os.X_OK):
            return folder
    raise Unavailable(f"there is no {program} on this machine")


def _folders(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        root, _, rest = pattern[1:].partition("/")
        yield from sorted(Path("/", root).glob(rest), reverse=True)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder)


def unprivileged(preferred: str) -> str | None:
    """Return the user that runs a server where root runs the tests: none of them runs as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return preferred if preferred in names else "nobody"


def home_for(owner: str | None) -> Path:
    """Make a folder for a server."""
    home = ram_directory("console-test-")
    if owner:
        shutil.chown(home, owner)
    return home


def _as_user(owner: str | None) -> dict[str, object]:
    if owner is None:
        return {}
    entry = pwd.getpwnam(owner)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(command: list[object], home: Path, owner: str | None) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=home, capture_output=True, text=True, check=False, **_as_user(owner)
    )
    if done.returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Unavailable(f"{Path(words[0]).name} failed here: {' '.join(last)}")


def keep(
    command: list[object], home: Path, owner: str | None, signal: str
) -> subprocess.Popen[bytes]:
    """Start a server that ends with the tests, whose folder is removed then.

    A shell holds the server and waits for its own input to end, which it also does when the tests
    are killed: no server is left behind. The data is thrown away, so the end may be abrupt.
    """
    server = shlex.join(str(word) for word in command)
    log = shlex.quote(str(home / "log"))
    script = (
        f"{server} > {log} 2>&1 < /dev/null & server=$!; cat > /dev/null; "
        f"kill -{signal} $server 2> /dev/null; wait $server 2> /dev/null; cd /; rm -rf {home}"
    )
    return subprocess.Popen(
        ["/bin/sh", "-c", script],
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **_as_user(owner),
    )


def _awaited(server: Server, home: Path) -> Server:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            administrate(server, "SELECT 1")
        except SQLAlchemyError as error:
            if time.monotonic() > deadline:
                log = (home / "log").read_text(errors="replace").strip().splitlines()[-1:]
                server.stop()
                said = " ".join(log)
                raise Unavailable(f"{server.name} does not start here: {said}") from error
            time.sleep(0.05)
        else:
            return server


def free_port() -> int:
    """Return a port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
