"""The section webhooks: a file for each page."""

from app.web.webhooks import delete, delivery, index, key, new, show, test

__all__ = ["delete", "delivery", "index", "key", "new", "show", "test"]
