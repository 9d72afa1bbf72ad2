"""Makes sure that templates never query: a statement made while one is rendered is an error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import before_render_template, g, has_app_context, template_rendered
from sqlalchemy import Engine, event


class TemplateQueries(AssertionError):
    """A template asked the database; what it shows has to be fetched by the view."""


@contextmanager
def without_queries() -> Iterator[None]:
    """Watch over every template that is rendered."""
    before_render_template.connect(_begin)
    template_rendered.connect(_end)
    event.listen(Engine, "before_cursor_execute", _refuse)
    yield
    event.remove(Engine, "before_cursor_execute", _refuse)
    template_rendered.disconnect(_end)
    before_render_template.disconnect(_begin)


def _begin(_app: Any, template: Any, **_: Any) -> None:
    g.rendered = [*g.get("rendered", []), template.name]


def _end(_app: Any, **_: Any) -> None:
    g.rendered = g.rendered[:-1]


def _refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if has_app_context() and g.get("rendered"):
        raise TemplateQueries(f"{g.rendered[-1]} makes a query: {statement}")
