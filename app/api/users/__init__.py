"""Users in the API: their accounts, and their roles."""

from app.api.users import accounts, assignments

__all__ = ["accounts", "assignments"]
