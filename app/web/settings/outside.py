"""The note about a value that another program changed."""

from datetime import datetime
from typing import NamedTuple

from flask import g

from app.domain import settings
from app.extensions import db
from app.models import ApplicationSetting
from app.web.differences import Comparison, compare
from app.web.settings.blueprint import SEEN_BY


class OutsideNote(NamedTuple):
    """A change from outside that is not recorded yet, and the time of the last record."""

    since: datetime
    comparison: Comparison


def note_of(setting: ApplicationSetting) -> OutsideNote | None:
    """Return the change of a setting from outside, for users who may see its history."""
    if not any(map(g.me.can, SEEN_BY)):
        return None
    changes = settings.outside_changes(db.session, [setting])
    notes = (OutsideNote(each.since, compare(each.before, each.after)) for each in changes)
    return next(notes, None)
