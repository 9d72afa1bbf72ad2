"""The overview, the first page of the console."""

from app.web.home.overview import blueprint

__all__ = ["blueprint"]
