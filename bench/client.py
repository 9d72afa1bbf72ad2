"""A browser's worth of HTTP/1.1 on a bare socket, so that its own work is not in what it times."""

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench import forms

TIMEOUT = 120.0
PIECE = 262_144
OK = 200
FOUND = (302, 303)


class Unexpected(Exception):
    """An answer is not what it has to be for the figures to mean anything."""


@dataclass(frozen=True)
class Answer:
    """The answer of a server.

    Attributes:
        status: The status code.
        headers: Its headers by their names in small letters; of the cookies, the last.
        body: The body.
        seconds: From the first byte sent to the last one received.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def demand(self, *statuses: int) -> "Answer":
        """Return the answer.

        Raises:
            Unexpected: Its status is none of these.
        """
        if self.status not in statuses:
            raise Unexpected(f"status {self.status} instead of {statuses}: {self.text[:600]}")
        return self


class Client:
    """One person's browser: a connection that is kept, and a jar of cookies.

    Attributes of cookies are not looked at: that they are for TLS only, above all. In front of a
    console stands a proxy that speaks TLS, and the driver takes its place.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.jar: dict[str, str] = {}
        self._socket: socket.socket | None = None
        self._rest = b""

    @property
    def cookie(self) -> str:
        """The header with all cookies; "" without any."""
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._exchange(self._request("GET", path, None))

    def post(self, path: str, body: str, **headers: str) -> Answer:
        """Send a form, and perhaps headers that a browser would not send."""
        return self._exchange(self._request("POST", path, body.encode(), headers))

    def form(self, path: str, name: str, form_id: str = "") -> forms.Form:
        """Return the form with that field on a page."""
        return forms.find(self.get(path).demand(OK).text, name, form_id)

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        host = f"127.0.0.1:{self.port}"
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Referer: http://{host}{path}"]
        if self.jar:
            lines.append(f"Cookie: {self.cookie}")
        if body is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return "\r\n".join([*lines, "", ""]).encode() + (body or b"")

    def _exchange(self, request: bytes) -> Answer:
        try:
            return self._exchange_once(request)
        except (ConnectionError, EOFError):
            # The server has closed a connection that was idle.
            self.close()
            return self._exchange_once(request)

    def _exchange_once(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        started = time.perf_counter()
        self._socket.sendall(request)
        head = self._until(b"\r\n\r\n").decode("latin-1")
        status, *lines = head.split("\r\n")
        headers = dict(self._headers(lines))
        body = self._body(headers)
        seconds = time.perf_counter() - started
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(status.split()[1]), headers, body, seconds)

    def _headers(self, lines: list[str]) -> Iterator[tuple[str, str]]:
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            if name == "set-cookie":
                self._keep(value)
            yield name, value

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        if value.strip('"'):
            self.jar[name] = value
        else:
            self.jar.pop(name, None)

    def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return self._exactly(int(headers["content-length"]))
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return b""

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            yield self._exactly(size)
            self._exactly(2)
        self._until(b"\r\n")

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._rest:
            self._receive()
        found, _, self._rest = self._rest.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._receive()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _receive(self) -> None:
        if self._socket is None:
            raise EOFError
        piece = self._socket.recv(PIECE)
        if not piece:
            raise EOFError
        self._rest += piece
