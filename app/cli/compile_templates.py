"""``flask compile-templates``: what whoever installs the console does for those who serve it."""

from typing import cast

import click
from flask import current_app

from app.cli import output
from app.template_cache import CompiledTemplates


@click.command("compile-templates")
def compile_templates() -> None:
    """Compile the templates of all pages, and keep them beside their sources.

    Else each process does so when it first shows a page, and where it may not write there, each
    time that it is started.
    """
    environment = current_app.jinja_env
    cache = cast(CompiledTemplates, environment.bytecode_cache)
    try:
        count = cache.fill(environment)
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from None
    output.say(f"{count} templates are compiled.")
