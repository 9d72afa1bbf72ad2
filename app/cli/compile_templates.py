"""``flask compile-templates``, for an installation that the service cannot write to."""

from typing import cast

import click
from flask import current_app

from app.cli import output
from app.domain.phrases import counted
from app.template_cache import CompiledTemplates


@click.command("compile-templates")
def compile_templates() -> None:
    """Compile the templates of all pages, and keep them beside their sources.

    Without it, a service that cannot write to that folder compiles them at each start.
    """
    environment = current_app.jinja_env
    cache = cast(CompiledTemplates, environment.bytecode_cache)
    try:
        count = cache.fill(environment)
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from None
    output.say(f"Compiled {counted(count, 'template')}.")
