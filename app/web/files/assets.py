"""Static files whose URL changes with their content, so that browsers keep them; and icons."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for
from markupsafe import Markup

from app.web.files import style_sheet

ICON = Markup('<svg class="{classes}" aria-hidden="true"><use href="{sprite}#{name}" /></svg>')


def register(app: Flask) -> None:
    """Give templates ``asset(name)`` and ``icon(name, size)``."""
    app.jinja_env.globals |= {"asset": asset, "icon": icon}


def asset(name: str) -> str:
    """Return the URL of a static file, which changes with its content."""
    return _url(name, request.script_root)


def icon(name: str, size: str = "") -> Markup:
    """Return an icon from the sprite, hidden from screen readers; size may be "small".

    Not a macro: a page has twenty icons, and a macro would build each of them again.
    """
    return _icon(name, size, request.script_root)


@cache
def _icon(name: str, size: str, script_root: str) -> Markup:
    classes = f"icon icon-{size}" if size else "icon"
    return ICON.format(classes=classes, sprite=_url("icons.svg", script_root), name=name)


@cache
def _url(name: str, _script_root: str) -> str:
    file = Path(__file__).parents[3] / "static" / name
    content = style_sheet.content() if name == style_sheet.NAME else file.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:10]
    return url_for("static", filename=name, v=version)
