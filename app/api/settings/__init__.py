"""Settings in the API: their values, versions, marks as secrets, and rules."""

from app.api.settings import marks, past, relations, rules, values, versions

__all__ = ["marks", "past", "relations", "rules", "values", "versions"]
