"""Three nodes of MariaDB Galera, each at an address of its own on this machine, and HAProxy."""

import os
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql

from tests.support import servers
from tools.trust.clusters import documented, programs, proxies
from tools.trust.clusters.programs import Program

NAME, PASSWORD, COUNT = "rag_fortress", "p@ss:word", 3
PROVIDER = Path("/usr/lib/galera/libgalera_smm.so")
HOST = "db{}.example.org"
OF_THE_TRIAL = {
    "innodb_log_file_size": "16M",
    "innodb_buffer_pool_size": "64M",
    "default_time_zone": "+09:00",
    "skip_name_resolve": "ON",
}


class Member:
    """A node of the cluster.

    Attributes:
        address: Its own, with the usual ports.
        program: Its server.
    """

    def __init__(self, home: Path, address: str, owner: str | None) -> None:
        """Prepare it."""
        self.address, self._owner = address, owner
        self.home = home / address
        self.program = Program([], home)

    def install(self) -> None:
        """Make its data directory."""
        programs.make_folder(self.home, self._owner)
        command = ["mariadb-install-db", "--no-defaults", f"--datadir={self.home / 'data'}"]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        programs.run([*command, "--innodb-log-file-size=16M"], self.home, self._owner)

    def start(self, settings: str, *options: str) -> None:
        """Start it with settings, and wait until it answers, in its cluster if it has one."""
        places = {name: self.home / name for name in ("datadir", "socket", "pid_file")}
        lines = OF_THE_TRIAL | {"tmpdir": self.home} | places | {"datadir": self.home / "data"}
        text = settings + "".join(f"{name} = {value}\n" for name, value in lines.items())
        file = programs.write(self.home / "cnf", text, self._owner)
        folder = servers.folder_of("mariadbd", "/usr/sbin", "/usr/libexec")
        command = [folder / "mariadbd", f"--defaults-file={file}", *options]
        self.program = Program(command, self.home, owner=self._owner, environ=os.environ)
        self.program.start()
        programs.wait_until(self._is_ready, f"the node at {self.address}")

    def add_database(self) -> None:
        """Add the database of a console, and its user."""
        self.ask(f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4")
        self.ask(f"CREATE USER {NAME}@'%' IDENTIFIED BY '{PASSWORD}'")
        self.ask(f"GRANT ALL ON {NAME}.* TO {NAME}@'%'")

    def ask(self, statement: str) -> Any:
        """Run a statement as root; return the first row of the answer."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()

    def connection(self) -> Any:
        """Return a connection of root's."""
        place = str(self.home / "socket")
        return pymysql.connect(unix_socket=place, user="root", autocommit=True)

    def _is_ready(self) -> bool:
        if not self.program.is_running:
            raise RuntimeError(self.program.last_lines())
        with suppress(OSError, pymysql.Error):
            # PyMySQL leaves its socket open where nothing listens yet.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.home / "socket"))
            row = self.ask(
                "SELECT @@wsrep_on AND (SELECT variable_value <> 'Synced' FROM"
                " information_schema.global_status"
                " WHERE variable_name = 'wsrep_local_state_comment')"
            )
            return not row[0]
        return False


class Cluster:
    """The nodes, and a database on all of them.

    Attributes:
        members: The nodes.
    """

    def __init__(self, home: Path, owner: str | None, count: int) -> None:
        """Prepare them."""
        network = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250)}"
        self.members = [Member(home, f"{network}.{n}", owner) for n in range(1, count + 1)]

    def start(self) -> None:
        """Start the nodes one after the other, and make the database."""
        for number, member in enumerate(self.members):
            member.install()
            new = [] if number else ["--wsrep-new-cluster"]
            member.start(self.settings(member), *new)
        first = self.members[0]
        first.add_database()
        first.ask(documented.block("sql", "haproxy").strip().rstrip(";"))

    def stop(self) -> None:
        """Stop all; their data is thrown away."""
        for member in self.members:
            member.program.end(signal.SIGKILL)

    def settings(self, member: Member) -> str:
        """Return the documented settings of a node."""
        text = documented.block("ini", "wsrep_provider")
        others = ",".join(HOST.format(number) for number in (1, 2, 3))
        text = text.replace(others, ",".join(one.address for one in self.members))
        return text.replace(HOST.format(1), member.address)

    @contextmanager
    def balanced(self) -> Iterator[dict[str, str]]:
        """HAProxy in front of the nodes, as documented; gives the variables of a console."""
        text = documented.block("haproxy", "mysql-check")
        for number, member in enumerate(self.members, 1):
            text = text.replace(HOST.format(number), member.address)
        port = servers.free_port()
        text = text.replace("127.0.0.1:3306", f"127.0.0.1:{port}")
        with proxies.haproxy(text):
            yield variables("127.0.0.1") | {"DB_PORT": str(port)}


@contextmanager
def started(count: int = COUNT) -> Iterator[Cluster]:
    """A running cluster, thrown away afterwards."""
    if not PROVIDER.exists():
        raise servers.Unavailable(f"there is no {PROVIDER}: galera-4 is not installed")
    owner = servers.unprivileged("mysql")
    with programs.home(owner) as home:
        cluster = Cluster(home, owner, count)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def variables(address: str) -> dict[str, str]:
    """Return the variables of a console that uses one address."""
    return {
        "DATABASE_PROVIDER": "mysql",
        "DB_HOST": address,
        "DB_NAME": NAME,
        "DB_USER": NAME,
        "DB_PASSWORD": PASSWORD,
    }
