"""The WSGI entry point: builds the application, nothing else."""

import click
from flask.cli import ScriptInfo

from app import config, create_app, logs
from app.config import ConfigurationError

try:
    app = create_app()
    # `flask --app wsgi db upgrade` passes through here too, and needs no key and no base URL.
    # Granian is a command of click as well, so that a context alone does not tell.
    context = click.get_current_context(silent=True)
    if context is None or context.find_object(ScriptInfo) is None:
        config.check_serving(app.config["CONSOLE"])
        logs.start(app.config["CONSOLE"].log_format)
except ConfigurationError as error:
    click.echo(f"The console cannot be served. {error}", err=True)
    raise SystemExit(error.exit_code) from None
