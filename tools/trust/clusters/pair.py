"""A pair of PostgreSQL servers: a primary, and its synchronous standby by streaming replication."""

import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.support import servers
from tools.trust.clusters import documented, programs
from tools.trust.clusters.programs import Program

NAME, PASSWORD = "rag_fortress", "p@ss:word"
PRIMARY, STANDBY = "postgresql.conf of the primary", "--write-recovery-conf"
# Of the machine and the trial, not of a pair: many connections, memory that ends with its process.
OF_THE_TRIAL = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "Asia/Tokyo",
}


class Member:
    """One of the two servers."""

    def __init__(self, home: Path, name: str, owner: str | None) -> None:
        """Prepare it; its data comes later."""
        self.port = servers.free_port()
        self.data = home / name
        self.binaries = servers.folder_of("initdb", "/usr/lib/postgresql/*/bin")
        self._home, self._owner = home, owner
        self.program = Program([], home)

    @property
    def variables(self) -> dict[str, str]:
        """The variables of a console that uses this server alone."""
        return variables(f"127.0.0.1:{self.port}")

    def initialize(self) -> None:
        """Make its data directory."""
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        command = [self.binaries / "initdb", f"--pgdata={self.data}", *options]
        programs.run(command, self._home, self._owner)

    def add_database(self) -> None:
        """Add the database of a console, and its user."""
        self.ask(f"CREATE ROLE {NAME} LOGIN PASSWORD '{PASSWORD}'")
        self.ask(f"CREATE DATABASE {NAME} OWNER {NAME}")

    def start(self, settings: dict[str, str]) -> None:
        """Start it with its settings, and wait until it answers."""
        options = OF_THE_TRIAL | settings | {"port": str(self.port)}
        options |= {"unix_socket_directories": str(self._home)}
        words = [word for pair in options.items() for word in ("-c", "=".join(pair))]
        command = [self.binaries / "postgres", "-D", self.data, *words]
        self.program = Program(command, self._home, owner=self._owner)
        self.program.start()
        programs.wait_until(self._answers, f"PostgreSQL in {self.data}")

    def ask(self, statement: str, database: str = "postgres") -> Any:
        """Run a statement as its superuser; return the first value of the answer, if any."""
        place = f"host={self._home} port={self.port} user=postgres dbname={database}"
        with psycopg.connect(place, autocommit=True) as connection:
            found = connection.execute(statement)
            row = found.fetchone() if found.description else None
            return row and row[0]

    def end(self) -> None:
        """End it; what a killed server has left in memory goes too."""
        self.program.end(signal.SIGQUIT)
        left = self.data / "postmaster.pid"
        if left.exists():
            _key, segment = left.read_text().splitlines()[6].split()
            programs.run(["ipcrm", "--shmem-id", segment], self._home, self._owner)

    def _answers(self) -> bool:
        with suppress(psycopg.Error):
            return bool(self.ask("SELECT 1"))
        return False


class Pair:
    """A primary, its synchronous standby, and a database on both.

    Attributes:
        primary: The server that takes writes at first.
        standby: The one that has what the other has committed.
        variables: Those of a console, as the document shows them.
    """

    def __init__(self, home: Path, owner: str | None) -> None:
        """Prepare both."""
        self._home, self._owner = home, owner
        self.primary = Member(home, "primary", owner)
        self.standby = Member(home, "standby", owner)
        places = [f"127.0.0.1:{member.port}" for member in (self.primary, self.standby)]
        self.variables = variables(",".join(places))

    def start(self) -> None:
        """Start the primary, copy it, and start the standby; wait until it is synchronous."""
        self.primary.initialize()
        self.primary.start(documented.values(documented.block("conf", PRIMARY)))
        # Until there is a standby, a COMMIT would wait for it.
        role = "CREATE ROLE replicator REPLICATION LOGIN"
        self.primary.ask(f"SET synchronous_commit = local; {role}")
        programs.run(self._copying(), self._home, self._owner)
        self.standby.start({})
        programs.wait_until(self._is_synchronous, "the standby")
        self.primary.add_database()

    def kill_primary(self) -> None:
        """End the primary as a power failure does."""
        self.primary.program.end(signal.SIGKILL)

    @contextmanager
    def frozen_primary(self) -> Iterator[None]:
        """A primary that is stopped in its tracks meanwhile: it refuses nothing, nor answers."""
        pid = self.primary.program.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        processes = [pid, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def promote(self) -> None:
        """Make the standby the primary; return when it takes writes."""
        self.standby.ask(documented.block("sql", "pg_promote").rstrip(";\n"))

    def stop(self) -> None:
        """Stop both."""
        for member in (self.standby, self.primary):
            member.end()

    def _copying(self) -> list[object]:
        [line] = documented.block("sh", STANDBY).splitlines()
        words = line.replace("db1.example.org", f"127.0.0.1 port={self.primary.port}")
        words = words.replace("/var/lib/postgresql/15/main", str(self.standby.data))
        program, *arguments = shlex.split(words)
        return [self.primary.binaries / program, *arguments, "--no-sync"]

    def _is_synchronous(self) -> bool:
        return self.primary.ask("SELECT max(sync_state) FROM pg_stat_replication") == "sync"


@contextmanager
def started() -> Iterator[Pair]:
    """A running pair, thrown away afterwards."""
    owner = servers.unprivileged("postgres")
    with programs.home(owner) as home:
        pair = Pair(home, owner)
        try:
            pair.start()
            yield pair
        finally:
            pair.stop()


def variables(hosts: str) -> dict[str, str]:
    """Return the variables of a console that uses some hosts."""
    return {
        "DATABASE_PROVIDER": "postgresql",
        "DB_HOST": hosts,
        "DB_NAME": NAME,
        "DB_USER": NAME,
        "DB_PASSWORD": PASSWORD,
    }
