"""The sections of the console, and everything that all of their pages share."""

from flask import Flask

from app.extensions import csrf
from app.http import request_lines
from app.web import (
    access,
    errors,
    filters,
    guard,
    jinja,
    navigation,
    security,
    visible_values,
)
from app.web.account.blueprint import blueprint as account
from app.web.audit.blueprint import blueprint as audit
from app.web.auth.blueprint import blueprint as auth
from app.web.files import assets
from app.web.health import blueprint as health
from app.web.help import blueprint as help_pages
from app.web.home import blueprint as home
from app.web.metrics import index as metrics
from app.web.permissions.blueprint import blueprint as permissions
from app.web.roles.blueprint import blueprint as roles
from app.web.row_ids import IdConverter, NameConverter
from app.web.search import blueprint as search
from app.web.session import identity
from app.web.settings.blueprint import blueprint as settings
from app.web.tokens.blueprint import blueprint as tokens
from app.web.transfer.blueprint import blueprint as transfer
from app.web.users.blueprint import blueprint as users
from app.web.webhooks.blueprint import blueprint as webhooks
from app.web.well_known import blueprint as well_known

SECTIONS = (
    metrics.blueprint,
    *(health, auth, home, account, settings, users, roles, permissions, audit, search),
    *(tokens, transfer, webhooks, help_pages, well_known),
)


def register(app: Flask) -> None:
    """Add the console's pages, and everything that they share, to the application."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["name"] = NameConverter
    request_lines.register(app)
    metrics.register(app)
    security.register(app)
    csrf.init_app(app)
    identity.register(app)
    guard.register(app)
    errors.register(app)
    filters.register(app)
    visible_values.register(app)
    assets.register(app)
    jinja.register(app)
    navigation.register(app)
    for section in SECTIONS:
        app.register_blueprint(section)
    access.verify(app)
