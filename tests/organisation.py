"""A believable organisation: sixty people, five roles, the settings of a backend, its last changes.

The people, roles and settings are those of ``make demo``, where there are more people.
"""

import json
from datetime import timedelta
from itertools import cycle, islice

from sqlalchemy import insert, select

from app.domain import passwords
from app.models import (
    ApplicationSetting,
    AuditEvent,
    DbSession,
    Permission,
    Role,
    User,
    user_roles,
)
from app.models.base import utcnow
from tests.backend_settings import SETTINGS
from tests.people import PASSWORD_HASH
from tools.demo_people import (
    BIOS,
    DOMAIN,
    INACTIVE,
    PEOPLE,
    ROLES,
    WITHOUT_PASSWORD,
    username_of,
)

CHANGES = [
    ("llm_temperature", "0.7", "0.2", "Answers wandered off the passages."),
    ("cache_ttl_stats", "300", "60", ""),
    ("rag_system_prompt", "You answer questions.", SETTINGS["prompts"][0][2], "Cite the page."),
    ("smtp_port", "465", "587", "The provider closes 465 at the end of the month."),
    ("embedding_device", None, "cpu", "There is no GPU on the new machine."),
]


def found(session: DbSession) -> None:
    """Add the organisation to a migrated database; the session is committed."""
    _add_settings(session)
    _add_roles(session)
    _add_people(session)
    _add_changes(session)
    session.commit()


def _add_settings(session: DbSession) -> None:
    rows = [
        {
            "key": key,
            "data_type": data_type,
            "value": value,
            "description": description,
            "category": category,
            "is_mutable": True,
        }
        for category, settings in SETTINGS.items()
        for key, data_type, value, description in settings
    ]
    session.execute(insert(ApplicationSetting), rows)


def _add_roles(session: DbSession) -> None:
    every = {permission.code: permission for permission in session.scalars(select(Permission))}
    for name, (description, codes) in ROLES.items():
        granted = [every[code] for code in codes]
        session.add(Role(name=name, description=description, permissions=granted))


def _add_people(session: DbSession) -> None:
    names = [name for group in PEOPLE.values() for name in group]
    rows = [_person(number, name) for number, name in enumerate(names)]
    session.execute(insert(User), rows)
    people = dict(session.execute(select(User.username, User.id)).all())
    roles = dict(session.execute(select(Role.name, Role.id)).all())
    held = [
        {"user_id": people[username_of(name)], "role_id": roles[role]}
        for group, members in PEOPLE.items()
        for name in members
        for role in group
    ]
    session.execute(insert(user_roles), held)


def _person(number: int, name: str) -> dict[str, object]:
    joined = utcnow() - timedelta(days=11 * number + 3, hours=5 * number % 24)
    username = username_of(name)
    return {
        "username": username,
        "email": f"{username}@{DOMAIN}",
        "full_name": name,
        "bio": BIOS[number // 6 % len(BIOS)] if number % 6 == 0 else None,
        "password_hash": passwords.no_password() if name in WITHOUT_PASSWORD else PASSWORD_HASH,
        "is_active": name not in INACTIVE,
        "is_verified": number % 5 != 4,
        "created_at": joined,
        "updated_at": joined,
    }


def _add_changes(session: DbSession) -> None:
    ids = dict(session.execute(select(ApplicationSetting.key, ApplicationSetting.id)).all())
    actors = islice(cycle([*PEOPLE["settings operator", "user"]]), len(CHANGES))
    for number, (actor, change) in enumerate(zip(actors, CHANGES, strict=True)):
        key, before, after, reason = change
        session.add(
            AuditEvent(
                at=utcnow() - timedelta(days=9 - 2 * number, minutes=17 * number),
                actor_kind="person",
                actor_name=username_of(actor),
                action="setting:changed",
                target_type="setting",
                target_id=ids[key],
                target_name=key,
                before=json.dumps({"value": before}),
                after=json.dumps({"value": after}),
                reason=reason,
            )
        )
