"""The section account."""

from app.web.account.views import blueprint

__all__ = ["blueprint"]
