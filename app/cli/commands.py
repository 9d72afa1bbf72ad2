"""Base classes of the commands."""

from typing import Any

import click
from flask import current_app
from flask.cli import ScriptInfo

from app.cli.failures import Failure, in_one_line
from app.database import revisions
from app.extensions import db


class Command(click.Command):
    """A command in the application context, whose errors take one line."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the arguments."""
        with in_one_line():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        app = ctx.ensure_object(ScriptInfo).load_app()
        if not current_app or current_app != app:
            ctx.with_resource(app.app_context())
        with in_one_line():
            return super().invoke(ctx)


class TableCommand(Command):
    """A command that needs the tables at the newest revision."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command if the database is at the newest revision."""
        with in_one_line():
            _demand_newest_revision()
            return super().invoke(ctx)


class CommandGroup(Command, click.Group):
    """A group of commands that work on the same tables."""

    command_class = TableCommand


def _demand_newest_revision() -> None:
    status = revisions.status(db.session)
    if not status.is_current:
        advice = f" Run: {status.command}" if status.command else ""
        raise Failure(f"{status.message}{advice}")
