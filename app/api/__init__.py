"""The API for programs: the same domain functions as the pages, with a token and JSON."""

from flask import Flask

from app.api import document, events, permissions, problems, roles, settings, transfer, undo, users
from app.api.blueprint import blueprint
from app.api.names import NamedConverter, RowConverter
from app.extensions import csrf

__all__ = ["document", "events", "permissions", "roles", "settings", "transfer", "undo", "users"]


def register(app: Flask) -> None:
    """Add the API to the application."""
    # Requests with a token carry no authority of a cookie.
    csrf.exempt(blueprint)
    app.url_map.converters["named"] = NamedConverter
    app.url_map.converters["row"] = RowConverter
    problems.register(app)
    app.register_blueprint(blueprint)
