"""The console as ``make run`` serves it, and browsers that reach it over HTTP."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from ssl import SSLContext
from types import SimpleNamespace
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from tests.guide.checkout import Checkout
from tests.support.browsing import ORIGIN, Browser

PATIENCE = 60
PYTHON = """#!/bin/sh
exec {python} "$@"
"""


class Served:
    """A process of ``make run`` in a copy of the checkout.

    Attributes:
        address: Where the console is.
        seconds: How long it took until the console answered.
    """

    def __init__(self, checkout: Checkout) -> None:
        """Start it on a free port; installing is left out, and .venv leads to this Python."""
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = checkout.folder / "make-run.log"
        self.started = time.monotonic()
        self.seconds = 0.0
        _pretend_installed(checkout)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", "run"]
                if shutil.which("make")
                else [".venv/bin/python", "-m", "tools.run"],
                cwd=checkout.folder,
                env=checkout.environ | {"PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self.log.read_text()

    @property
    def link(self) -> str:
        """The path of the one-time link that it has printed."""
        [line] = [line for line in self.said.splitlines() if line.startswith(self.address)]
        return line.removeprefix(self.address)

    def wait(self) -> None:
        """Wait until it says that it serves, and the console answers."""
        while "(Ctrl-C stops it)." not in self.said or self._status() != 200:
            assert self.process.poll() is None, self.said
            assert time.monotonic() - self.started < PATIENCE, self.said
            time.sleep(0.05)
        self.seconds = time.monotonic() - self.started

    def browser(self) -> Browser:
        """Return somebody's new browser."""
        return Browser(Client(self.address))

    def stop(self) -> None:
        """End it, and whatever it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)

    def _status(self) -> int:
        try:
            return Client(self.address).open("/readyz").status_code
        except OSError:
            return 0


@dataclass
class Answer:
    """An answer, as far as a Page asks for it."""

    status_code: int
    headers: Message
    body: bytes
    request: SimpleNamespace

    def get_data(self, *, as_text: bool = True) -> str:
        """Return the body as text."""
        return self.body.decode()

    def close(self) -> None:
        """Do nothing: it was read to its end."""


class Client:
    """Stands where Flask's test client stands in a Browser, and goes over the network."""

    def __init__(self, address: str, trust: SSLContext | None = None) -> None:
        """Keep the cookies of one browser of the console at ``address``."""
        self._address = address
        secure = HTTPSHandler(context=trust)
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(), secure, _AsItIs())

    def open(
        self,
        path: str,
        *,
        method: str = "GET",
        query_string: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and return the answer, whatever it is."""
        path, _, query = path.partition("?")
        query = urlencode(query_string, doseq=True) if query_string else query
        request = Request(
            f"{self._address}{path}?{query}".rstrip("?"),
            method=method,
            data=None if data is None else urlencode(data, doseq=True).encode(),
            headers={
                name: value.replace(ORIGIN, self._address)
                for name, value in (headers or {}).items()
            },
        )
        with self._opener.open(request, timeout=PATIENCE) as response:
            sent = SimpleNamespace(path=path, query_string=query.encode())
            return Answer(response.status, response.headers, response.read(), sent)


class _AsItIs(HTTPErrorProcessor):
    """Follows no redirect and raises nothing."""

    def http_response(self, request: Request, response: object) -> object:
        return response

    https_response = http_response


def _pretend_installed(checkout: Checkout) -> None:
    # What make would install is what the tests run with; a wheel of each would take minutes.
    programs = checkout.folder / ".venv" / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    python = programs / "python"
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(0o755)
    (programs.parent / "installed-to-run").touch()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
