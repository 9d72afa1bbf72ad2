"""Users in the API: their accounts, roles and sessions, one by one or many at once."""

from app.api.users import accounts, assignments, bulk, choose, history, leaving

__all__ = ["accounts", "assignments", "bulk", "choose", "history", "leaving"]
