"""A program that listens for the messages of webhooks, on this machine."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

HERE = (ip_network("127.0.0.0/8"),)


@dataclass
class Receiver:
    """A program that listens: what it answers, and the requests that it has had."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[Any, bytes]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((self.headers, body))
            self.send_response(found.status)
            for name, text in found.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(b"thanks" if found.status == 200 else b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/changes"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        server.shutdown()
        thread.join()
