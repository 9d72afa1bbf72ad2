"""The marks of secrets, for pages that show events."""

from collections.abc import Iterable

from app.domain import settings
from app.domain.settings import SecretMarks
from app.extensions import db
from app.models import AuditEvent


def marks_for(events: Iterable[AuditEvent]) -> SecretMarks:
    """Return the marks of secrets, read only if an event tells of a setting."""
    if any(event.target_type in settings.TOLD_OF for event in events):
        return settings.secret_marks(db.session)
    return SecretMarks({}, {})
