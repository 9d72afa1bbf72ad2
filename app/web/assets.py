"""Static files: addressed by their content, so that browsers keep them for good."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for


def register(app: Flask) -> None:
    """Give templates ``asset(name)``."""
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_version(name))


@cache
def _version(name: str) -> str:
    content = Path(__file__).parents[2].joinpath("static", name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
