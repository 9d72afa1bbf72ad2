"""Sentences of pages about the value of a secret, which they never show."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from app.domain import audit, settings
from app.domain.settings import LastChange, SecretState, SettingLine
from app.domain.text import with_line_feeds
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent
from app.web import filters
from app.web.settings import recent

SET, NOT_SET = "Set", "Not set"
LINE_BREAK = "The value ends with a line break. Change it if that is not meant."
# A save writes the row and its event one after the other.
AT_ONCE = timedelta(seconds=5)
PROBLEMS = {
    SecretState.IN_CLEAR: "Stored in clear",
    SecretState.FORMER_KEY: "Encrypted with a former key",
    SecretState.UNREADABLE: "Cannot be decrypted",
}
ADVICE = {
    SecretState.IN_CLEAR: "Anyone who can read the database can read it. Replace it, or run"
    " flask settings rotate-key --in-clear.",
    SecretState.FORMER_KEY: "Run flask settings rotate-key.",
    SecretState.UNREADABLE: "Another key has encrypted it, or it is damaged. Replace it, or name"
    " the key in SETTINGS_ENCRYPTION_KEY_FALLBACKS.",
}


class SecretNote(NamedTuple):
    """The state of a secret in words.

    Attributes:
        text: Whether it is set, when and by whom.
        problem: The problem of its stored value, or "".
        advice: What to do about that.
        is_set: Whether it is set.
        is_without_key: Whether the console has no key to encrypt secrets.
    """

    text: str
    problem: str = ""
    advice: str = ""
    is_set: bool = False
    is_without_key: bool = False

    @property
    def action(self) -> str:
        """The label of the button that saves a value."""
        return "Replace" if self.is_set else "Set"


def of_setting(setting: ApplicationSetting) -> SecretNote:
    """Return the note on a secret for its page."""
    state = settings.secret_state(setting) or SecretState.NOT_SET
    changes = _last_changes([setting.id])
    return SecretNote(
        _text(changes.get(setting.id)) if setting.value is not None else NOT_SET,
        PROBLEMS.get(state, ""),
        ADVICE.get(state, ""),
        setting.value is not None,
        settings.keys_of(db.session).current is None,
    )


def of_lines(lines: Iterable[SettingLine]) -> dict[int, SecretNote]:
    """Return the notes on the secrets among settings, in one statement at most."""
    secrets = [line for line in lines if line.is_secret]
    changes = _last_changes([line.id for line in secrets if line.is_set])
    return {
        line.id: SecretNote(
            _text(changes.get(line.id)) if line.is_set else NOT_SET,
            PROBLEMS.get(line.secret_state or SecretState.NOT_SET, ""),
            is_set=line.is_set,
        )
        for line in secrets
    }


def sentence(event: AuditEvent) -> str:
    """Return what a change did to a secret; "" if it changed none."""
    before, after = audit.fields_of(event.before), audit.fields_of(event.after)
    if settings.IS_SET not in {*before, *after}:
        return ""
    if after.get(settings.IS_SET) is False or after.get("value", "") is None:
        return f"Removed the value of {event.target_name}."
    was_set = before.get(settings.IS_SET) or before.get("value") is not None
    return f"{'Replaced' if was_set else 'Set'} the value of {event.target_name}."


def note_of_ends(text: str | None) -> str:
    """Return a note on an end of a new value, which nobody sees any more; "" for none."""
    value = with_line_feeds(text or "")
    line = value.rstrip("\n")
    if line != value and "\n" not in line:
        return LINE_BREAK
    return settings.note_of_ends(value)


def _last_changes(ids: Collection[int]) -> Mapping[int, LastChange]:
    if not ids or not recent.is_offered():
        return {}
    return settings.last_changes(db.session, "ever", ids=ids)


def _text(change: LastChange | None) -> str:
    if change is None:
        return SET
    if change.updated_at > change.at + AT_ONCE:
        return f"Set, updated {filters.ago(change.updated_at)} by another program"
    return f"Set {filters.ago(change.at)} by {change.actor}"
