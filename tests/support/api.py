"""A program with a token, as tests have one."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Program:
    """A program that sends requests to the API with a token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read something; ``If_None_Match`` becomes the header If-None-Match."""
        return self.send("GET", path, None, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a request, with a body of JSON if there is one."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        sent = {} if body is None else {"json": body}
        url = path if path.startswith(PREFIX) else PREFIX + path
        bearer = {"Authorization": f"Bearer {self.token}"} | named
        return self.client.open(url, method=method, headers=bearer, **sent)

    def change(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Read what a path has, then change it, as a program does that has read it."""
        etag = self.get(path).headers["ETag"]
        return self.send(method, path, body, If_Match=etag)
