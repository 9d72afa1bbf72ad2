"""Settings in the API: their values, versions, marks as secrets, and rules."""

from app.api.settings import bulk, marks, past, relations, rules, state, values, versions

__all__ = ["bulk", "marks", "past", "relations", "rules", "state", "values", "versions"]
