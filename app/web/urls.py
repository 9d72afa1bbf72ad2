"""Addresses of the console's own pages."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for

from app.web.jinja import Environment


class Console(Flask):
    """A Flask application that works out once what the address of a page is.

    A page names some forty of them, and most take no arguments.
    """

    jinja_environment = Environment

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[tuple[str, str, str | None], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return the address of an endpoint, as ``Flask.url_for`` does."""
        if not request or any(value is not None for value in values.values()):
            return super().url_for(endpoint, **values)
        # A proxy may put the console beneath a path; ".show" means one of the blueprint's own.
        blueprint = request.blueprint if endpoint.startswith(".") else None
        key = (endpoint, request.script_root, blueprint)
        if key not in self._addresses:
            self._addresses[key] = super().url_for(endpoint, **values)
        return self._addresses[key]


def queried(endpoint: str, **query: str) -> str:
    """Return the address of a page that takes no arguments, with what is not empty as its query.

    Lists have dozens of these, each with another filter, order or page.
    """
    present = {name: value for name, value in query.items() if value}
    return f"{url_for(endpoint)}?{urlencode(present)}" if present else url_for(endpoint)
