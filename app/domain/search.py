"""One search over settings, users, roles and permissions: it finds only what one may see."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Select, select, union

from app.domain import settings, users
from app.domain.paging import Start
from app.domain.permissions import PermissionCode
from app.domain.settings import SettingFilter, SettingLine
from app.domain.users import NAMES, Matches, UserFilter
from app.models import DbSession, Permission, Role, User

MOST = 8
LONGEST = 200
BY_NAME = Start(users.SORTS["username"])

May = Callable[[PermissionCode], bool]


class Kind(StrEnum):
    """What can be found."""

    SETTING = "setting"
    USER = "user"
    ROLE = "role"
    PERMISSION = "permission"


class Closeness(IntEnum):
    """How well a name fits what is looked for, the best first."""

    EXACT = 0
    PREFIX = 1
    CONTAINS = 2
    ELSEWHERE = 3


@dataclass(frozen=True)
class Hit:
    """Something that was found.

    Attributes:
        kind: What it is.
        id: The id of its row.
        name: The key, the user name, the name of the role, the code.
        about: The description, or the e-mail address; "" where there is none.
        closeness: How well it fits.
        setting: The setting, where it is one; never with a secret.
        full_name: What a user is called; "" where that is not known.
    """

    kind: Kind
    id: int
    name: str
    about: str
    closeness: Closeness
    setting: SettingLine | None = None
    full_name: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the best of it, and whether there is more."""

    kind: Kind
    hits: Sequence[Hit]
    has_more: bool


@dataclass(frozen=True)
class Results:
    """What was found, by kind.

    Attributes:
        groups: What was found, the kind with the best fit first.
        is_anywhere: Whether users were looked for by any part of their names.
    """

    groups: Sequence[Group]
    is_anywhere: bool = False


def find(session: DbSession, text: str, may: May) -> Results:
    """Return what fits the text, by kind, the kind with the best fit first.

    Users take two statements, every other kind one, however many rows there are. Users are found by
    the indexes of their names. The others are few; all are read and sifted here, so that every
    database finds the same.

    Args:
        session: The database session.
        text: What is looked for; nothing fits an empty one or one longer than `LONGEST`.
        may: Tells whether a permission is held.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > LONGEST:
        return Results([])
    found: list[Hit] = []
    names = None
    if may(PermissionCode.SETTINGS_READ):
        found += _settings(session, wanted)
    if may(PermissionCode.USER_READ):
        matches = users.matches(session, UserFilter(q=wanted), BY_NAME)
        names = matches.names
        found += _users(session, wanted, matches)
    if may(PermissionCode.ROLE_READ):
        found += _roles(session, wanted)
        found += _permissions(session, wanted)
    return Results(_grouped(found), names is not None and names.is_anywhere)


def _grouped(found: Iterable[Hit]) -> list[Group]:
    groups: dict[Kind, list[Hit]] = {}
    # By code point, which is the same on every database and in every locale.
    for hit in sorted(found, key=lambda hit: (hit.closeness, hit.name, hit.id)):
        groups.setdefault(hit.kind, []).append(hit)
    return [Group(kind, hits[:MOST], len(hits) > MOST) for kind, hits in groups.items()]


def _settings(session: DbSession, wanted: str) -> list[Hit]:
    lines = settings.matching(settings.read_all(session), SettingFilter(q=wanted))
    return [
        Hit(
            Kind.SETTING,
            line.id,
            line.key,
            line.description or "",
            _closeness(wanted, line.key),
            setting=line,
        )
        for line in lines
    ]


def _users(session: DbSession, wanted: str, matches: Matches) -> list[Hit]:
    if matches.names is None:
        return []
    parts = [_first(column, wanted) for column in NAMES]
    if matches.names.is_anywhere:
        parts.append(_ids(matches.query(BY_NAME, MOST + 1)))
    firsts = union(*parts).subquery()
    query = select(User.id, User.username, User.email, User.full_name)
    return [
        Hit(
            Kind.USER,
            row.id,
            row.username,
            row.email,
            min(_closeness(wanted, row.username), _closeness(wanted, row.email)),
            full_name=row.full_name or "",
        )
        for row in session.execute(query.join(firsts, firsts.c.id == User.id), matches.values)
    ]


def _first(column: Any, wanted: str) -> Select[Any]:
    # A query of its own for each index.
    begin_so = select(User.id).where(users.begins(column, wanted))
    return _ids(begin_so.order_by(column).limit(MOST + 1))


def _ids(query: Select[Any]) -> Select[Any]:
    # A query within another: SQLite takes no LIMIT in a UNION.
    return select(query.with_only_columns(User.id).subquery().c.id)


def _roles(session: DbSession, wanted: str) -> list[Hit]:
    rows = session.execute(select(Role.id, Role.name, Role.description))
    hits = (_hit(Kind.ROLE, wanted, row.id, row.name, row.description) for row in rows)
    return [hit for hit in hits if hit]


def _permissions(session: DbSession, wanted: str) -> list[Hit]:
    rows = session.execute(select(Permission.id, Permission.code, Permission.description))
    hits = (_hit(Kind.PERMISSION, wanted, row.id, row.code, row.description) for row in rows)
    return [hit for hit in hits if hit]


def _hit(kind: Kind, wanted: str, row_id: int, name: str, about: str | None) -> Hit | None:
    closeness, text = _closeness(wanted, name), about or ""
    if closeness is Closeness.ELSEWHERE and wanted.casefold() not in text.casefold():
        return None
    return Hit(kind, row_id, name, text, closeness)


def _closeness(wanted: str, name: str) -> Closeness:
    sought, there = wanted.casefold(), name.casefold()
    if sought == there:
        return Closeness.EXACT
    if there.startswith(sought):
        return Closeness.PREFIX
    return Closeness.CONTAINS if sought in there else Closeness.ELSEWHERE


def parts(name: str, wanted: str) -> tuple[str, str, str]:
    """Return the name in three parts: before what is looked for, that, and after it."""
    found = re.search(re.escape(wanted.strip()), name, re.IGNORECASE)
    if found is None:
        return name, "", ""
    return name[: found.start()], found.group(), name[found.end() :]
