"""Nodes of the console: processes of its server, with workers, as docs/install.md starts them."""

import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from app import create_app
from tests.guide.serving import Client
from tests.support import servers
from tests.support.browsing import Browser
from tests.support.databases import SECRET_KEY
from tools.run import ROOT, server
from tools.trust.clusters import programs

OK = 200


class Node:
    """A node of the console.

    Attributes:
        port: Where it is.
        program: The process of its server.
    """

    def __init__(self, home: Path, variables: Mapping[str, str]) -> None:
        """Prepare it, with the variables of its environment."""
        self.port = servers.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(ROOT)}
        environ |= {"PORT": str(self.port), **development(variables)}
        command = [sys.executable, *server("127.0.0.1", self.port)]
        self.program = programs.Program(command, home, environ=environ)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.program.start()
        programs.wait_until(self._answers, f"the console on port {self.port}")

    def processes(self) -> set[int]:
        """Return its process and those of its workers."""
        pid = self.program.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return {pid, *map(int, children.split())}

    def is_gone(self) -> bool:
        """Tell whether nothing takes connections any more: its workers may outlive its process."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def _answers(self) -> bool:
        with suppress(OSError):
            return Client(self.address).open("/healthz").status_code == OK
        return False


@contextmanager
def started(home: Path, variables: Mapping[str, str], count: int = 1) -> Iterator[list[Node]]:
    """Nodes with the same variables, stopped in the end."""
    made = [Node(home, variables) for _ in range(count)]
    try:
        for node in made:
            node.start()
        yield made
    finally:
        for node in made:
            node.program.end()


def development(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables of a database with those of a console that is served by plain HTTP."""
    return {"CONSOLE_ENV": "development", "SECRET_KEY": SECRET_KEY, **variables}


def migrate(variables: Mapping[str, str]) -> None:
    """Bring a database to the newest revision."""
    app = create_app(development(variables))
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)


def browser(address: str) -> Browser:
    """Return somebody's new browser."""
    return Browser(Client(address))
