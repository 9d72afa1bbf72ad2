"""The benchmark's own PostgreSQL: a cluster of which nobody else has the use."""

import os
import subprocess
import sys
from pathlib import Path

from bench.places import HOME, POSTGRES_PORT, postgres_program, program

DATA = HOME / "pgdata"
LOG = HOME / "pg.log"
USER = "postgres"
CONFIGURATION = f"""
port = {POSTGRES_PORT}
listen_addresses = '127.0.0.1'
unix_socket_directories = '{HOME}'
shared_buffers = 1GB
max_wal_size = 8GB
max_connections = 100
logging_collector = off
log_line_prefix = '%d|'
"""


def start() -> None:
    """Start the cluster, made first where there is none."""
    if not _is_ready():
        HOME.mkdir(parents=True, exist_ok=True)
        HOME.chmod(0o777)
        if not DATA.exists():
            _make()
        _as_owner("pg_ctl", "-D", str(DATA), "-l", str(LOG), "-w", "start")
    _calm()


def _calm() -> None:
    """Have nothing run beside what is measured: every database is analysed when it is filled."""
    query("ALTER SYSTEM SET autovacuum = off")
    query("SELECT pg_reload_conf()")
    query("CHECKPOINT")


def stop() -> None:
    """Stop the cluster; its data stays."""
    _as_owner("pg_ctl", "-D", str(DATA), "-m", "fast", "-w", "stop")


def dsn(database: str) -> str:
    """Return the URL of a database."""
    return f"postgresql://{USER}@127.0.0.1:{POSTGRES_PORT}/{database}"


def query(sql: str, database: str = "postgres", **variables: str) -> str:
    """Run SQL and return what it answers, without headings; ``:'name'`` stands for a variable."""
    return _psql(database, variables, "--file", "-", stdin=sql).strip()


def rows(sql: str, database: str) -> list[list[str]]:
    """Run a query and return its rows, each value as text."""
    return [line.split("|") for line in query(sql, database).splitlines()]


def run_file(path: Path, database: str, **variables: str) -> None:
    """Run a file of SQL."""
    _psql(database, variables, "--file", str(path))


def has(database: str) -> bool:
    """Tell whether there is such a database."""
    sql = "SELECT count(*) FROM pg_database WHERE datname = :'name'"
    return query(sql, name=database) == "1"


def comment(database: str) -> str:
    """Return what `set_comment` noted on a database; "" where nothing was."""
    sql = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :'name'"
    return query(sql, name=database)


def set_comment(database: str, text: str) -> None:
    """Note something on a database."""
    query(f"COMMENT ON DATABASE \"{database}\" IS :'text'", text=text)


def create(database: str, template: str = "template1") -> None:
    """Create a database, as a copy of another one or empty."""
    query(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')


def drop(database: str) -> None:
    """Remove a database, if it is there."""
    query(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def postmaster() -> int:
    """Return the id of the process that all connections' processes are children of."""
    return int((DATA / "postmaster.pid").read_text(encoding="ascii").split()[0])


def _psql(database: str, variables: dict[str, str], *arguments: str, stdin: str = "") -> str:
    command = [str(postgres_program("psql")), "--no-psqlrc", "-Atq", "-v", "ON_ERROR_STOP=1"]
    command += ["-h", "127.0.0.1", "-p", str(POSTGRES_PORT), "-U", USER, "-d", database]
    for name, value in variables.items():
        command += ["-v", f"{name}={value}"]
    done = subprocess.run(
        [*command, *arguments], input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"psql on {database}: {done.stderr.strip()}")
    return done.stdout


def _make() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        owner = [str(program("install", "coreutils")), "-d", "-m", "700", "-o", USER, "-g", USER]
        subprocess.run([*owner, str(DATA)], check=True)
    _as_owner(
        "initdb", "-D", str(DATA), "-A", "trust", "-U", USER, "--locale=C.UTF-8", "-E", "UTF8"
    )
    with (DATA / "postgresql.conf").open("a", encoding="ascii") as file:
        file.write(CONFIGURATION)


def _is_ready() -> bool:
    command = [str(postgres_program("pg_isready")), "-q", "-h", "127.0.0.1"]
    return subprocess.run([*command, "-p", str(POSTGRES_PORT)], check=False).returncode == 0


def _as_owner(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL as the user who owns the data: root may not."""
    command = [str(postgres_program(name)), *arguments]
    if os.geteuid() == 0:
        command = [str(program("runuser", "util-linux")), "-u", USER, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]]()
