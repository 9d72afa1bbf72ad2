"""The values of all settings as they were at a time, computed backwards from what is stored now.

The first event of a setting after that time tells what it was before. A setting without one has
been what it is now, as far as the console knows: changes by other programs are not recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.domain import audit
from app.domain.settings import listing, secrecy, secret_marks
from app.domain.settings.listing import SettingLine
from app.domain.settings.secret_marks import SecretMarks
from app.domain.settings.versions import RECORDED
from app.models import AuditEvent, DbSession


@dataclass(frozen=True)
class PastValue:
    """A setting at two times.

    Attributes:
        key: The key.
        was_there: Whether it existed at the earlier time.
        is_there: Whether it existed at the later time.
        value: The value at the earlier time, as it may be shown.
        later: The value at the later time, as it may be shown.
        line: The setting as it is stored now; None if it is deleted.
        is_secret: Whether its value was a secret at one of the times.
    """

    key: str
    was_there: bool
    is_there: bool
    value: str | None
    later: str | None
    line: SettingLine | None
    is_secret: bool = False

    @property
    def differs(self) -> bool:
        """Tell whether the setting was another one at the two times."""
        return (self.was_there, self.value) != (self.is_there, self.later)

    @property
    def why_not(self) -> str:
        """The reason why a change of the setting cannot restore the earlier value, or ""."""
        if self.line is None:
            return "Deleted. It can be restored from the deleted settings."
        if not self.was_there:
            return "Created since."
        if self.is_secret or self.line.is_secret:
            return "Secret: its former value is recorded nowhere."
        if secrecy.holds_password(self.value):
            return secrecy.MASKED
        return self.line.read_only_reason or ""


@dataclass(frozen=True)
class AsOf:
    """All settings at two times, by key, and the time at which the record begins."""

    values: list[PastValue]
    begins: datetime | None


@dataclass(frozen=True)
class _State:
    """The existence of a setting, and its value."""

    is_there: bool
    value: str | None = None
    is_secret: bool = False


def as_of(session: DbSession, moment: datetime, later: datetime | None = None) -> AsOf:
    """Return all settings as they were at a time, in a constant number of statements.

    Args:
        session: The database session; it only reads.
        moment: The time.
        later: The time to compare with; None for now.
    """
    lines = {line.key: line for line in listing.read_all(session)}
    now = {
        key: _State(is_there=True, value=line.value, is_secret=line.is_secret)
        for key, line in lines.items()
    }
    past = _back_to(session, now, moment)
    compared = _back_to(session, now, later) if later else now
    values = [
        _past_value(key, past, compared, lines.get(key)) for key in sorted({*past, *compared})
    ]
    begins = session.scalars(select(func.min(AuditEvent.at))).one()
    return AsOf([value for value in values if value.was_there or value.is_there], begins)


def _past_value(
    key: str,
    past: Mapping[str, _State],
    compared: Mapping[str, _State],
    line: SettingLine | None,
) -> PastValue:
    absent = _State(is_there=False)
    was, then = past.get(key, absent), compared.get(key, absent)
    is_secret = was.is_secret or then.is_secret
    return PastValue(key, was.is_there, then.is_there, was.value, then.value, line, is_secret)


def _back_to(session: DbSession, now: Mapping[str, _State], moment: datetime) -> dict[str, _State]:
    """Return the settings before the first event of each after a time."""
    conditions = (
        AuditEvent.target_type == "setting",
        AuditEvent.action.in_(RECORDED),
        AuditEvent.at > moment,
    )
    first = select(func.min(AuditEvent.id)).where(*conditions).group_by(AuditEvent.target_name)
    query = select(AuditEvent).where(AuditEvent.id.in_(first))
    marks = secret_marks.secret_marks(session)
    states = {event.target_name: _before(event, marks) for event in session.scalars(query)}
    return {**now, **states}


def _before(event: AuditEvent, marks: SecretMarks) -> _State:
    fields = audit.fields_of(event.before)
    if secrecy.IS_SET in fields or marks.hides(event.target_name, event.id):
        return _State(is_there=bool(fields), is_secret=True)
    if "value" not in fields:
        return _State(is_there=False)
    value = fields["value"]
    return _State(is_there=True, value=secrecy.masked(value) if value else value)
