"""A week of changes by four people: the record tells every moment of it, and restores it.

The changes are those of a seed: settings one by one and together, created, deleted and restored,
roles of users, and permissions of roles. The settings are then rewound to each moment, in an order
of chance, each time by one save.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from app.domain import access, audit, roles, settings, users
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import passwords
from app.domain.confirmation import Deletion
from app.domain.roles import GrantEdit, GrantsEdit
from app.domain.settings import BulkSettingEdit, NewSetting, SettingEdit
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent, Permission, Role, User
from app.models.base import utcnow
from app.unit_of_work import carry_out
from tests.support.databases import Database
from tools.trust import consoles, tampering
from tools.trust.consoles import Outcome

PEOPLE = ("ada", "boris", "clara", "dev")
KEYS = tuple(f"week_{number}" for number in range(8))
MEMBERS = 6
CHANGES = 280
Values = dict[str, str | None]
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Moment:
    """The content of the tables at a time: values, and who or what holds what."""

    at: datetime
    values: Values
    held: Pairs


@dataclass
class Week:
    """Makes changes, each by somebody, by chance."""

    chance: random.Random
    actors: list[Actor] = field(default_factory=list)

    def change(self) -> None:
        """Make one change; nothing where there is nothing to do."""
        actor = self.chance.choice(self.actors)
        work = self.chance.choice([self._value, self._value, self._many, self._life, self._role])
        if self.chance.random() < 1 / 8:
            work = self._grant
        change = work()
        db.session.rollback()
        if change:
            carry_out(lambda: change(actor), actor=actor)

    def _text(self) -> str | None:
        return self.chance.choice([None, "", *"0123456789"])

    def _value(self) -> Callable[[Actor], Any] | None:
        setting, text = _setting(self.chance.choice(KEYS)), self._text()
        if setting is None:
            return None
        setting_id, edit = setting.id, SettingEdit(text, settings.etag_of(setting))
        return lambda actor: settings.change(db.session, setting_id, edit, actor=actor)

    def _many(self) -> Callable[[Actor], Any]:
        keys = self.chance.sample(KEYS, 4)
        query = select(ApplicationSetting).where(ApplicationSetting.key.in_(keys))
        edits = {
            row.id: SettingEdit(self._text(), settings.etag_of(row))
            for row in db.session.scalars(query.order_by(ApplicationSetting.key))
        }
        edit = BulkSettingEdit(edits, "Together.")
        return lambda actor: settings.change_many(db.session, edit, actor=actor)

    def _life(self) -> Callable[[Actor], Any]:
        key, text = self.chance.choice(KEYS), self._text()
        setting = _setting(key)
        if setting is not None:
            return _deletion(setting)
        query = select(AuditEvent.id).filter_by(action="setting:deleted", target_name=key)
        event_id = db.session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))
        if event_id and self.chance.random() < 1 / 2:
            return lambda actor: settings.restore(db.session, event_id, actor=actor)
        new = NewSetting(key, "string", text)
        return lambda actor: settings.create(db.session, new, actor=actor)

    def _role(self) -> Callable[[Actor], Any]:
        name, role = (
            f"member{self.chance.randrange(MEMBERS)}",
            self.chance.choice(["user", "viewer"]),
        )
        user_id = users.named(db.session, name).id
        work = self.chance.choice([users.assign_role, users.unassign_role])
        return lambda actor: work(db.session, user_id, role, actor=actor)

    def _grant(self) -> Callable[[Actor], Any]:
        role = db.session.scalars(select(Role).filter_by(name="viewer")).one()
        before = frozenset(permission.id for permission in role.permissions)
        every = list(db.session.scalars(select(Permission.id).order_by(Permission.id)))
        after = before ^ {self.chance.choice(every)}
        edit = GrantsEdit({role.id: GrantEdit(after, roles.grants_etag(before))})
        return lambda actor: roles.change_grants(db.session, edit, actor=actor)


def trials(database: Database, changes: int = CHANGES, seed: int = 1) -> Iterator[Outcome]:
    """Make the changes; tell all moments of them again, verify, and tamper."""
    with consoles.console(database):
        week = Week(random.Random(seed), _people())
        moments = [_moment()]
        for _ in range(changes):
            week.change()
            moments.append(_moment())
        wrong = sum(not _is_told(moment) for moment in moments)
        fault = consoles.chain_fault() or _unrecorded()
        result = f"{len(moments)} moments, {wrong} told wrongly; {fault or 'the chain is whole'}"
        trial = f"a week of {changes} changes by four people: every moment is told"
        yield Outcome(trial, result, not wrong and not fault)
        yield _rewound(week, moments)
        found = tampering.found()
        names = ", ".join(name for name, is_found in found.items() if is_found)
        yield Outcome("tampering of five kinds: each is found", names, all(found.values()))


def _people() -> list[Actor]:
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    admin = db.session.scalars(select(Role).filter_by(name="admin")).one()
    people = [_user(name, [admin]) for name in PEOPLE]
    members = [_user(f"member{number}", []) for number in range(MEMBERS)]
    db.session.add_all([*people, *members])
    db.session.commit()
    actors = [Actor(ActorKind.PERSON, user.username, id=user.id) for user in people]
    db.session.rollback()
    return actors


def _user(name: str, held: list[Role]) -> User:
    unusable = passwords.no_password()
    return User(username=name, email=f"{name}@example.org", password_hash=unusable, roles=held)


def _setting(key: str) -> ApplicationSetting | None:
    return db.session.scalars(select(ApplicationSetting).filter_by(key=key)).first()


def _deletion(setting: ApplicationSetting) -> Callable[[Actor], Any]:
    setting_id, typed = setting.id, Deletion(setting.key, settings.etag_of(setting))
    return lambda actor: settings.delete(db.session, setting_id, typed, actor=actor)


def _moment() -> Moment:
    rows = select(ApplicationSetting.key, ApplicationSetting.value)
    values = {row.key: row.value for row in db.session.execute(rows)}
    holders = [
        holder
        for kind in (access.ROLES, access.GRANTS)
        for holder in access.holders_in(db.session, kind, 0)
    ]
    db.session.rollback()
    held = frozenset((holder.name, name) for holder in holders for name in holder.held)
    return Moment(utcnow(), values, held)


def _is_told(moment: Moment) -> bool:
    past = settings.as_of(db.session, moment.at).values
    values = {value.key: value.value for value in past if value.was_there}
    held = set(_moment().held)
    query = select(AuditEvent).where(AuditEvent.at > moment.at).order_by(AuditEvent.id.desc())
    for event in db.session.scalars(query):
        _take_back(held, event)
    db.session.rollback()
    return values == moment.values and held == moment.held


def _rewound(week: Week, moments: list[Moment]) -> Outcome:
    """Restore the settings of each moment, deleted ones too, and take nothing else away."""
    order = week.chance.sample(moments, len(moments))
    restored = [_rewind(week, moment) for moment in order]
    wrong, deleted = restored.count(None), sum(count or 0 for count in restored)
    fault = consoles.chain_fault()
    result = f"{len(order)} moments, {wrong} restored wrongly; {deleted} deleted settings restored"
    trial = "the same week rewound to every moment, deletions restored"
    return Outcome(trial, fault or result, bool(deleted) and not wrong and not fault)


def _rewind(week: Week, moment: Moment) -> int | None:
    """Delete a setting, and restore those of a moment.

    Returns:
        How many deleted ones were restored; None if it went wrong.
    """
    actor = week.chance.choice(week.actors)
    if setting := _setting(week.chance.choice(KEYS)):
        deletion = _deletion(setting)
        carry_out(lambda: deletion(actor), actor=actor)
    before = _moment().values
    past = settings.as_of(db.session, moment.at)
    keys = [value.key for value in past.values if value.differs and not value.why_not]
    edit = settings.edit_of_past(past, keys, "Rewound.")
    change = partial(settings.change_many, db.session, edit, actor=actor, may=lambda _: True)
    carry_out(change, actor=actor)
    is_right = _moment().values == before | moment.values
    return len(moment.values.keys() - before.keys()) if is_right else None


def _take_back(held: set[tuple[str, str]], event: AuditEvent) -> None:
    before, after = audit.fields_of(event.before), audit.fields_of(event.after)
    if event.action in {"role:assigned", "permission:granted"}:
        held -= {(event.target_name, name) for name in _names(after)}
    elif event.action in {"role:unassigned", "permission:revoked"}:
        held |= {(event.target_name, name) for name in _names(before)}


def _names(fields: audit.Fields) -> list[str]:
    return [fields["role"]] if "role" in fields else list(fields["codes"])


def _unrecorded() -> str:
    """Return what differs from the record of roles and permissions, or ""."""
    found = [
        change
        for kind in (access.ROLES, access.GRANTS)
        for change in access.access_from_outside(
            db.session, kind, access.holders_in(db.session, kind, 0)
        )
    ]
    db.session.rollback()
    return f"{len(found)} holders differ from the record" if found else ""
