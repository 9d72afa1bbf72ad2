"""The fields that an event changed, each as a difference."""

import json
from typing import Any, NamedTuple

from app.domain import audit, settings
from app.domain.settings import SecretMarks
from app.models import AuditEvent
from app.web.differences import Comparison, compare
from app.web.events import secret_marks
from app.web.events.undo_urls import CHANGED

NAMES = {"value": "Value", settings.IS_SET: "Value", "codes": "Permissions", "data_type": "Type"}
# Of what a list shows beside an event; the page of the event shows the rest.
MOST_CHARACTERS, MOST_LINES = 2_000, 40
WORDS = {True: "yes", False: "no"}


class FieldDifference(NamedTuple):
    """The difference in one field; a new field was not there before, one that is gone not after."""

    name: str
    comparison: Comparison
    is_new: bool
    is_gone: bool


def differences(event: AuditEvent) -> list[FieldDifference]:
    """Return what an event tells of each field; of a secret's value only whether there was one."""
    before, after = audit.fields_of(event.before), audit.fields_of(event.after)
    marks = secret_marks.marks_for([event])
    after = dict(settings.shown_start(event, after, marks))
    fields = {**after, **before}
    fields.pop(audit.UNDOES, None)
    if settings.IS_SET in fields:
        fields.pop("value", None)
    return [
        FieldDifference(
            _name(field),
            compare(_text(event, field, before, marks), _text(event, field, after, marks)),
            is_new=field not in before,
            is_gone=field not in after,
        )
        for field in fields
    ]


def in_place(event: AuditEvent, marks: SecretMarks) -> Comparison | None:
    """Return the difference of a value of several lines, or a long one, that fits into a list."""
    if event.action not in CHANGED:
        return None
    old, new = (
        marks.shown(event.target_name, event.id, audit.fields_of(side))
        for side in (event.before, event.after)
    )
    texts = old or "", new or ""
    if any(len(text) > MOST_CHARACTERS or text.count("\n") >= MOST_LINES for text in texts):
        return None
    comparison = compare(old, new)
    return comparison if comparison.lines else None


def _name(field: str) -> str:
    return NAMES.get(field, field.replace("_", " ").capitalize())


def _text(event: AuditEvent, field: str, side: dict[str, Any], marks: SecretMarks) -> str | None:
    if event.target_type == "setting" and field in {"value", settings.IS_SET}:
        return marks.shown(event.target_name, event.id, side)
    value = side.get(field)
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, bool):
        return WORDS[value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
