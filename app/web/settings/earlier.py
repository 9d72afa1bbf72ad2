"""An earlier value, filled in on the page of a setting: ``?undo=`` or ``?restore=`` an event."""

from typing import NamedTuple

from flask import request

from app.domain import settings
from app.domain.settings import Version
from app.domain.visible import brief
from app.extensions import db
from app.models import ApplicationSetting
from app.web.events import sentences
from app.web.row_ids import possible_id
from app.web.settings.blueprint import visible
from app.web.settings.value_form import ValueForm

LONGEST = 30
WRITTEN = "%Y-%m-%d %H:%M UTC"


def label(value: str | None) -> str:
    """Return the text of a link to the form with an earlier value: "Restore 1000"."""
    if not value:
        return "Restore no value" if value is None else "Restore an empty string"
    return f"Restore {brief(value, LONGEST)}"


class EarlierValue(NamedTuple):
    """An earlier value that a form was filled in with.

    Attributes:
        title: Which value it is.
        sentence: What to do with it.
    """

    title: str
    sentence: str


def fill_in(form: ValueForm, setting: ApplicationSetting) -> EarlierValue | None:
    """Fill in the value that the URL asks for, and a reason; None if it asks for none.

    Raises:
        NotFound: The event does not exist or tells of no value that can be restored.
    """
    undone = possible_id(request.args.get("undo"))
    event_id = undone or possible_id(request.args.get("restore"))
    if form.is_sent or not event_id:
        return None
    version = settings.version(db.session, setting.key, event_id, is_before=bool(undone))
    event = visible(version.event)
    form.value.data, form.unset.data = version.value, version.value is None
    verb = "Undoes" if undone else "Restores"
    form["reason"].data = f"{verb} the change of {event.at:{WRITTEN}}."
    actor = sentences.actor_of(event)
    whose = f"from before the change by {actor}" if undone else f"that {actor} saved"
    return EarlierValue(f"Filled in: the value {whose}", _advice(version, setting.value, undone))


def _advice(version: Version, value: str | None, undone: int) -> str:
    if version.value == value:
        return "It is the stored value: there is nothing to restore."
    if undone and not settings.is_result(value, version.event.after):
        return "The value has changed since then. Compare, then save to restore this one."
    return "It is not saved yet. Save it to restore it."
