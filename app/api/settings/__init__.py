"""Settings in the API: their values, versions, marks as secrets, and rules."""

from app.api.settings import values, versions

__all__ = ["values", "versions"]
