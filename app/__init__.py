"""The RAG Fortress Console."""

__version__ = "0.1.0"

import secrets
from collections.abc import Mapping

import click
from flask import Flask
from flask.cli import ScriptInfo

from app import api, cli, config
from app.config import Configuration, environment
from app.database import connections
from app.domain import audit, settings, webhooks
from app.domain.authentication.passwords import PasswordHashing
from app.extensions import db, login_manager
from app.models import User
from app.web import base_path, sections
from app.web.urls import Console


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Build the application.

    Args:
        environ: The variables to configure it from; the process's environment and ``.env`` if
            None.

    Raises:
        ConfigurationError: A variable cannot be used; the sentence names it.
    """
    configuration = config.read(_under_flask_run() if environ is None else environ)
    User.hashing = PasswordHashing(configuration.password_scheme)
    app = Console(__name__, template_folder="../templates", static_folder="../static")
    app.config.from_mapping(_flask_options(configuration))
    db.init_app(app)
    # Its `init_app` would add hooks that look into the session of every request, static ones too.
    app.login_manager = login_manager
    with app.app_context():
        connections.prepare(db.engine, connections.settings(configuration))
    sections.register(app)
    api.register(app)
    base_path.register(app)
    cli.register(app)
    return app


def _under_flask_run() -> Mapping[str, str] | None:
    """Return the variables for ``flask run``, which serves this machine: development, at its port.

    None under everything else.
    """
    context = click.get_current_context(silent=True)
    if context is None or context.info_name != "run" or not context.find_object(ScriptInfo):
        return None
    port = context.params["port"]
    served = {"PORT": str(port)} if port else {}  # 0 is any port that is free.
    return {"CONSOLE_ENV": "development"} | environment.from_process() | served


def _keys(configuration: Configuration) -> dict[str, object]:
    """Return the keys by which the sessions of the application sign and encrypt."""
    secret = configuration.settings_keys
    return {
        audit.KEYS: audit.audit_keys(configuration.audit_keys),
        settings.KEYS: settings.SecretKeys(secret.current, secret.former),
        webhooks.KEYS: _secret_keys(configuration),
    }


def _secret_keys(configuration: Configuration) -> tuple[str, ...]:
    own = configuration.secret_key
    return (own, *configuration.secret_key_fallbacks) if own else ()


def _flask_options(configuration: Configuration) -> dict[str, object]:
    is_https = not configuration.is_development
    return {
        "CONSOLE": configuration,
        "VERSION": __version__,
        # Without a key of its own a process can check nothing that another one signed: enough for
        # commands; serving demands a key (config.check_serving).
        "SECRET_KEY": configuration.secret_key or secrets.token_hex(32),
        "SECRET_KEY_FALLBACKS": list(configuration.secret_key_fallbacks),
        "SQLALCHEMY_DATABASE_URI": configuration.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": configuration.engine_options
        # Errors and the log tell of a statement without its values, which may be secrets.
        | {"execution_options": _keys(configuration), "hide_parameters": True},
        "SESSION_COOKIE_NAME": configuration.cookie("form"),
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PREFERRED_URL_SCHEME": "https" if is_https else "http",
        # Nothing is remembered: at a cookie of that name, perhaps of another program on this
        # host, Flask-Login would not ask who holds the session.
        "REMEMBER_COOKIE_NAME": None,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # web.security compares the Origin with the console's own.
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    }
