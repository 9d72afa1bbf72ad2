"""Saves that are undone by the API, whatever they changed."""

from app.api.undo import saves

__all__ = ["saves"]
