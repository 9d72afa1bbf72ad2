"""Users in the API: their accounts, roles and sessions, one by one or many at once."""

from app.api.users import accounts, assignments, bulk, choose, export, history, leaving, sign_ins

__all__ = ["accounts", "assignments", "bulk", "choose", "export", "history", "leaving", "sign_ins"]
