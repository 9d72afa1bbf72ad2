"""The section search."""

from app.web.search.views import blueprint

__all__ = ["blueprint"]
