"""Connections that break at the worst moment: when a change is being committed, or at any other."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, event, make_url, text

OWN_ID = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
KILL = {"postgresql": "SELECT pg_terminate_backend(:id)", "mysql": "KILL CONNECTION :id"}
IS_THERE = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE pid = :id",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE id = :id",
}


@contextmanager
def cut_at_commit(engine: Engine, other: Connection, *, is_saved: bool = False) -> Iterator[None]:
    """Cut the connection of whoever commits first.

    Args:
        engine: Whose connections.
        other: A connection that may end others.
        is_saved: Whether the server gets as far as to commit, and only its answer is lost.
    """
    provider = "postgresql" if engine.dialect.name == "postgresql" else "mysql"
    commits = []

    def cut(connection: Connection) -> None:
        commits.append(connection)
        if len(commits) == 1:
            number = connection.scalar(text(OWN_ID[provider]))
            if is_saved:
                # PostgreSQL's driver sends a COMMIT only where a transaction has begun.
                for statement in ("COMMIT", "BEGIN"):
                    connection.exec_driver_sql(statement)
            _end(other, provider, number)

    event.listen(engine, "commit", cut)
    yield
    event.remove(engine, "commit", cut)
    assert commits


def _end(other: Connection, provider: str, number: int) -> None:
    other.execute(text(KILL[provider]), {"id": number})
    for _ in range(500):
        if not other.scalar(text(IS_THERE[provider]), {"id": number}):
            return
        other.rollback()
        time.sleep(0.02)
    raise TimeoutError(f"Connection {number} does not end.")


class Proxy:
    """A way to a database server that can be cut at any message of the client, or stopped.

    Attributes:
        url: The address of the database by this way.
    """

    def __init__(self, url: str) -> None:
        """Listen on a free port of this machine."""
        target = make_url(url)
        self._target = (target.host, target.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        port = self._server.getsockname()[1]
        self.url = target.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        self._left: int | None = None
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cuts(self) -> Iterator[None]:
        """Cut at the first message from here on, then at the second, until none is left to cut."""
        for message in itertools.count(1):
            self._left, self._was_cut = message, False
            yield
            self.mend()
            if not self._was_cut:
                return

    def mend(self) -> None:
        """Let everything pass again."""
        self._left = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let nothing through meanwhile, as if the server had been stopped in its tracks."""
        self._flows.clear()
        yield
        self._flows.set()

    def close(self) -> None:
        """Accept nobody any more."""
        self._flows.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self._flows.wait()
                server = socket.create_connection(self._target)
                for ends in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._forward, args=ends, daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, is_client: bool) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                self._flows.wait()
                if is_client and self._is_cut():
                    break
                target.sendall(content)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _is_cut(self) -> bool:
        if self._left is None:
            return False
        self._left -= 1
        self._was_cut |= self._left == 0
        return self._left == 0
