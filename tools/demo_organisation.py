"""Creates the organisation of the demo in a migrated database: the same one every time.

Only the times depend on the day: all events are from the thirty days before it.
"""

import base64
import hashlib
import json
import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.models import (
    ApplicationSetting,
    AuditEvent,
    DbSession,
    Permission,
    Role,
    User,
    user_roles,
)
from app.models.user import NO_PASSWORD, PASSWORD
from tools import demo_people, demo_rules
from tools.demo_people import (
    BIOS,
    DOMAIN,
    INACTIVE,
    ROLES,
    SEED,
    WITHOUT_PASSWORD,
    everybody,
    username_of,
)
from tools.demo_settings import CHANGES, OWN_VALUES, SETTINGS

ADMINISTRATOR = "ingrid.solberg"
FOUNDED = timedelta(days=430)
MONTH = timedelta(days=30)
NEWCOMERS = 12
MOVES = 18
MORNING, EVENING = 7, 17
OFFICE = {"admin": 12, "settings operator": 9, "helpdesk": 14}
REFUSED_PAGES = [
    ("/settings", "settings:read"),
    ("/users", "user:read"),
    ("/roles", "role:read"),
    ("/users/new", "user:create"),
]
DENIALS = 7

Row = dict[str, Any]
Ids = dict[str, int]


def create(session: DbSession, now: datetime) -> None:
    """Add the organisation to a migrated database; the session is committed.

    Args:
        session: The database session.
        now: The time that all events are before.
    """
    chance = demo_people.chance(SEED)
    _add_settings(session, now)
    _add_roles(session, now)
    people = _people(now, chance)
    session.execute(insert(User), people)
    ids = dict(session.execute(select(User.username, User.id)).all())
    roles = dict(session.execute(select(Role.name, Role.id)).all())
    _assign(session, ids, roles)
    demo_rules.add(session, now - MONTH)
    events = [*_changes(session, now), *_joining(people, now), *_moves(now, chance)]
    events += [*_leaving(now, chance), *_sign_ins(now, chance), *_denials(now, chance)]
    _record(session, events, ids, chance)
    session.commit()
    earlier = audit.find_earlier(session, release=session.rollback)
    if earlier is not None:
        audit.start(session, earlier, actor=Actor(ActorKind.COMMAND, "os:demo"))
        session.commit()


def _add_settings(session: DbSession, now: datetime) -> None:
    since = now - FOUNDED
    session.execute(update(ApplicationSetting).values(created_at=since, updated_at=since))
    rows = [
        {
            "key": key,
            "data_type": data_type,
            "value": value,
            "description": description,
            "category": category,
            "created_at": since,
            "updated_at": since,
        }
        for category, settings in SETTINGS.items()
        for key, data_type, value, description in settings
    ]
    session.execute(insert(ApplicationSetting), rows)
    for key, value in OWN_VALUES.items():
        own = update(ApplicationSetting).where(ApplicationSetting.key == key)
        session.execute(own.values(value=value, updated_at=since))


def _add_roles(session: DbSession, now: datetime) -> None:
    since = now - FOUNDED
    permissions = {
        permission.code: permission for permission in session.scalars(select(Permission))
    }
    for name, (description, codes) in ROLES.items():
        granted = [permissions[code] for code in codes]
        session.add(Role(name=name, description=description, permissions=granted))
    session.flush()
    session.execute(update(Role).values(created_at=since, updated_at=since))
    session.execute(update(Permission).values(created_at=since, updated_at=since))


def _people(now: datetime, chance: random.Random) -> list[Row]:
    """Return the rows of the users, the first to join at the beginning."""
    names = list(everybody())
    longest = (FOUNDED - MONTH).days
    ages = sorted(
        (chance.uniform(MONTH.days + 1, longest) for _ in names[NEWCOMERS:]), reverse=True
    )
    joined = [now - timedelta(days=age) for age in ages]
    joined += [_at_work(now, 29 - 2 * number, chance) for number in range(NEWCOMERS)]
    return [_person(*row) for row in zip(range(len(names)), names, joined, strict=True)]


def _person(number: int, name: str, joined: datetime) -> Row:
    username = username_of(name)
    return {
        "username": username,
        "email": f"{username}@{DOMAIN}",
        "full_name": name,
        "bio": BIOS[number // 7 % len(BIOS)] if number % 7 == 0 else None,
        "password_hash": _hash_of_nothing(username, is_set=name not in WITHOUT_PASSWORD),
        "is_active": name not in INACTIVE,
        "is_verified": number % 9 > 0,
        "created_at": joined,
        "updated_at": joined,
    }


def _hash_of_nothing(username: str, *, is_set: bool) -> str:
    """Return a hash that no known password matches."""
    digest = hashlib.sha256(username.encode()).digest()
    salt, rest = _base64(digest[:16]), _base64(digest)
    return f"{PASSWORD}m=65536,t=3,p=4${salt}${rest}" if is_set else f"{NO_PASSWORD}{rest}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _assign(session: DbSession, ids: Ids, roles: Ids) -> None:
    held = [
        {"user_id": ids[username_of(name)], "role_id": roles[role]}
        for name, names_of_roles in everybody().items()
        for role in names_of_roles
    ]
    session.execute(insert(user_roles), held)


def _at_work(now: datetime, days: int, chance: random.Random) -> datetime:
    """Return a time in office hours, so many days before and at least an hour."""
    day = now - timedelta(days=days)
    minutes = timedelta(minutes=chance.randrange((EVENING - MORNING) * 60), seconds=days % 60)
    moment = day.replace(hour=MORNING, minute=0, second=0, microsecond=0) + minutes
    return min(moment, day - timedelta(hours=1))


def _event(at: datetime, actor: str, action: str, target: tuple[str, str], **more: Any) -> Row:
    kind, name = target
    return {
        "at": at,
        "actor_name": username_of(actor),
        "action": action,
        "target_type": kind,
        "target_name": username_of(name) if kind == "user" else name,
        "before": _as_json(more.get("before")),
        "after": _as_json(more.get("after")),
        "reason": more.get("reason", ""),
    }


def _as_json(fields: Row | None) -> str | None:
    return None if fields is None else json.dumps(fields, ensure_ascii=False, sort_keys=True)


def _changes(session: DbSession, now: datetime) -> Iterator[Row]:
    for number, (days, who, key, before, after, reason) in enumerate(CHANGES):
        # In the order of the list, also on the same day.
        at = now - timedelta(days=days, minutes=len(CHANGES) - number)
        row = update(ApplicationSetting).where(ApplicationSetting.key == key)
        session.execute(row.values(updated_at=at))
        values = {"before": {"value": before}, "after": {"value": after}}
        yield _event(at, who, "setting:changed", ("setting", key), reason=reason, **values)


def _joining(people: Sequence[Row], now: datetime) -> Iterator[Row]:
    helpers = _holders("helpdesk")
    roles = everybody()
    for number, row in enumerate(people[-NEWCOMERS:]):
        at, name, helper = row["created_at"], row["full_name"], helpers[number % len(helpers)]
        after = {key: row[key] for key in ("username", "email", "full_name")}
        yield _event(at, helper, "user:created", ("user", name), after=after)
        for role in roles[name]:
            yield _event(at, helper, "role:assigned", ("user", name), after={"role": role})
        chosen = at + timedelta(minutes=35)
        if chosen < now:
            yield _event(chosen, name, "password:changed", ("user", name))


def _moves(now: datetime, chance: random.Random) -> Iterator[Row]:
    """Yield the events of people who were given or lost a role."""
    helpers, settled = _holders("helpdesk"), _settled()
    for number in range(MOVES):
        days = MONTH.days - 1 - number * MONTH.days // MOVES
        at, helper = _at_work(now, days, chance), helpers[number % len(helpers)]
        name, role = settled[number * 7 % len(settled)]
        target, reason = ("user", name), "Changed teams." if number % 3 == 0 else ""
        yield _event(at, helper, "role:assigned", target, after={"role": role}, reason=reason)
        if number % 3 == 0:
            lost = {"user": "viewer", "viewer": "user"}[role]
            before = {"role": lost}
            yield _event(at, helper, "role:unassigned", target, before=before, reason=reason)


def _leaving(now: datetime, chance: random.Random) -> Iterator[Row]:
    fields: Row = {"before": {"is_active": True}, "after": {"is_active": False}}
    for number, name in enumerate(sorted(INACTIVE)):
        at, actor = _at_work(now, 24 - 8 * number, chance), _holders("admin")[0]
        reason = "Left at the end of the month."
        yield _event(at, actor, "user:deactivated", ("user", name), reason=reason, **fields)


def _sign_ins(now: datetime, chance: random.Random) -> Iterator[Row]:
    for role, times in OFFICE.items():
        # The last administrator has not signed in for a while, and so appears among the findings.
        holders = _holders(role)[:-1] if role == "admin" else _holders(role)
        for name in holders:
            for days in sorted(chance.sample(range(MONTH.days), times)):
                at = _at_work(now, days, chance)
                yield _event(at, name, "user:signed-in", ("user", name))


def _denials(now: datetime, chance: random.Random) -> Iterator[Row]:
    viewers = _holders("viewer")
    for number in range(DENIALS):
        at, name = _at_work(now, 4 * number, chance), viewers[number * 11 % len(viewers)]
        path, code = REFUSED_PAGES[number % len(REFUSED_PAGES)]
        after = {"permission": code, "method": "GET"}
        yield _event(at, name, "permission:denied", ("page", path), after=after)


def _record(session: DbSession, events: list[Row], ids: Ids, chance: random.Random) -> None:
    settings = select(ApplicationSetting.key, ApplicationSetting.id)
    targets = {"user": ids, "setting": dict(session.execute(settings).all()), "page": {}}
    for event in sorted(events, key=lambda event: event["at"]):
        who, actor = event["actor_name"], ids[event["actor_name"]]
        event |= {
            "actor_kind": "person",
            "actor_id": actor,
            "address": f"10.20.{actor % 4}.{10 + actor % 200}",
            "target_id": targets[event["target_type"]].get(event["target_name"]),
            "request_id": f"{chance.getrandbits(64):016x}",
            # Changes of one person at one time are one save.
            "save_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{who} {event['at']}")),
        }
    session.execute(insert(AuditEvent), sorted(events, key=lambda event: event["at"]))


def _holders(role: str) -> list[str]:
    return [name for name, roles in everybody().items() if role in roles and name not in INACTIVE]


def _settled() -> list[tuple[str, str]]:
    """Return the active people whose only role is one that the helpdesk assigns, with that role."""
    names = list(everybody().items())[:-NEWCOMERS]
    return [
        (name, roles[0])
        for name, roles in names
        if roles in {("user",), ("viewer",)} and name not in INACTIVE
    ]
