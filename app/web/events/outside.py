"""The note about roles or permissions that another program changed."""

from app.domain import access
from app.domain.access import AccessFromOutside, HeldKind, Holder
from app.extensions import db
from app.web.events.history_card import HistoryCard


def note_of(holder: Holder, kind: HeldKind, history: HistoryCard) -> AccessFromOutside | None:
    """Return what another program gave to a user or a role, or took, for who sees the history."""
    if history.lines is None:
        return None
    return next(iter(access.access_from_outside(db.session, kind, [holder])), None)
