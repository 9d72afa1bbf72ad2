"""The path below which a proxy serves the console, from the base URL."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from app.config import Configuration


class BelowPath:
    """A WSGI application below a path (PEP 3333, SCRIPT_NAME).

    It does not matter whether the proxy takes the path off what it passes on.
    """

    def __init__(self, application: WSGIApplication, path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, with the path as SCRIPT_NAME unless the server has set one."""
        if not environ.get("SCRIPT_NAME"):
            below = environ["PATH_INFO"].removeprefix(self._path)
            if not below or below.startswith("/"):
                environ["PATH_INFO"] = below
            environ["SCRIPT_NAME"] = self._path
        return self._application(environ, start_response)


def register(app: Flask) -> None:
    """Serve the console below the path of its base URL, if that has one."""
    configuration: Configuration = app.config["CONSOLE"]
    if configuration.base_path:
        app.wsgi_app = BelowPath(app.wsgi_app, configuration.base_path)  # type: ignore[method-assign]
