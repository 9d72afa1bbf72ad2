"""How pages are put together: what Jinja and WTForms would do in more time than it takes."""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, templating
from markupsafe import escape
from wtforms.widgets import Input

from app.template_cache import CompiledTemplates


class Environment(templating.Environment):
    """Jinja's environment, in which the names that every template knows are one dictionary.

    Jinja chains two mappings, and subtracts one chain from another, name by name, each time that a
    template imports a macro.
    """

    def make_globals(self, d: Mapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows: ``d``, and what they all know."""
        return {**self.globals, **(d or {})}


def register(app: Flask) -> None:
    """Keep templates as they are compiled, and have inputs write their attributes at once."""
    folder = Path(app.root_path) / (app.template_folder or "")
    app.jinja_env.bytecode_cache = CompiledTemplates(folder.resolve())
    # Input's own goes through Markup.format for each, which took a third of the sign-in page.
    Input.html_params = staticmethod(attributes)


def attributes(**given: object) -> str:
    """Return the attributes of an element, named as WTForms names them, and escaped.

    Args:
        given: Their values: True for an attribute that has none, False for no attribute. A final
            underscore is dropped from a name, and ``aria_label`` is ``aria-label``.
    """
    written = (_written(_name(key), value) for key, value in sorted(given.items()))
    return " ".join(filter(None, written))


def _name(key: str) -> str:
    name = key.rstrip("_")
    return name.replace("_", "-") if name.startswith(("aria_", "data_")) else name


def _written(name: str, value: object) -> str:
    if value is False:
        return ""
    if value is True:
        return name
    # Markup is not escaped again, and may hold quotes.
    safe = str(escape(value)).replace('"', "&quot;")
    return f'{name}="{safe}"'
