"""The overview, the first page of the console: a file for each page."""

from app.web.home import overview, put_aside, take_up
from app.web.home.blueprint import blueprint

__all__ = ["blueprint", "overview", "put_aside", "take_up"]
