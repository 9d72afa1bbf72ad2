"""The section transfer: a file for each page."""

from app.web.transfer import compare, env, export, importing, index, users

__all__ = ["compare", "env", "export", "importing", "index", "users"]
