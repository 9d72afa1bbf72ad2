"""Jinja for the console: faster globals, and compiled templates that are kept."""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, templating

from app.template_cache import CompiledTemplates


class Environment(templating.Environment):
    """Jinja's environment, with the names that every template knows in one dictionary.

    Jinja chains two mappings, and subtracts one chain from another, name by name, each time that a
    template imports a macro.
    """

    def make_globals(self, d: Mapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names that a template knows: ``d`` and those of all templates."""
        return {**self.globals, **(d or {})}


def register(app: Flask) -> None:
    """Keep templates after they are compiled."""
    folder = Path(app.root_path) / (app.template_folder or "")
    app.jinja_env.bytecode_cache = CompiledTemplates(folder.resolve())
