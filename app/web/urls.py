"""URLs of the console's own pages."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_login import LoginManager

from app import config
from app.web.files import style_sheet
from app.web.jinja import Environment
from app.web.teardown import Unfailing


class Console(Unfailing):
    """A Flask application that builds the URL of each page once.

    A page has about forty links, and most URLs take no arguments.
    """

    jinja_environment = Environment
    login_manager: LoginManager

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._urls: dict[tuple[str, str, str | None], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return the URL of an endpoint, as ``Flask.url_for`` does."""
        if not request or any(value is not None for value in values.values()):
            return super().url_for(endpoint, **values)
        # A proxy may serve the console under a path; ".show" is relative to the blueprint.
        blueprint = request.blueprint if endpoint.startswith(".") else None
        key = (endpoint, request.script_root, blueprint)
        if key not in self._urls:
            self._urls[key] = super().url_for(endpoint, **values)
        return self._urls[key]

    def send_static_file(self, filename: str) -> Response:
        """Send a static file; the style sheet with all that it imports."""
        if filename == style_sheet.NAME:
            return style_sheet.response(self.get_send_file_max_age(filename))
        return super().send_static_file(filename)


def queried(endpoint: str, **query: str) -> str:
    """Return the URL of a page without arguments, with the values that are not empty as its query.

    Lists have dozens of these links, each with another filter, order or page.
    """
    present = {name: value for name, value in query.items() if value}
    return f"{url_for(endpoint)}?{urlencode(present)}" if present else url_for(endpoint)


def reset_link(token: str) -> str:
    """Return the URL of a one-time link, built from the configured base URL and never from Host."""
    return f"{config.current().origin}{url_for('auth.reset', token=token)}"
