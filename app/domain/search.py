"""Search over settings, users, roles and permissions, as far as the user may see them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Select, select, union

from app.domain import settings, users, words
from app.domain.paging import Start
from app.domain.permissions import PermissionCode
from app.domain.settings import SettingFilter, SettingLine
from app.domain.users import Matches, UserFilter
from app.models import DbSession, Permission, Role, User
from app.models.spelling import folded, shown_address

MOST = 50
LONGEST = 200
BY_NAME = Start(users.SORTS["username"])

Can = Callable[[PermissionCode], bool]


class HitKind(StrEnum):
    """The kinds of things that can be found."""

    SETTING = "setting"
    USER = "user"
    ROLE = "role"
    PERMISSION = "permission"


class Closeness(IntEnum):
    """Degrees to which a name matches the search text, the best first."""

    EXACT = 0
    PREFIX = 1
    CONTAINS = 2
    ELSEWHERE = 3


@dataclass(frozen=True)
class Hit:
    """One search result.

    Attributes:
        kind: The kind of thing.
        id: The id of its row.
        name: The key, user name, name of the role, or code.
        about: The description or the email address; "" if there is none.
        closeness: How well the name matches.
        setting: The setting, for settings only; never with a secret.
        full_name: The full name of a user; "" if it is not known.
    """

    kind: HitKind
    id: int
    name: str
    about: str
    closeness: Closeness
    setting: SettingLine | None = None
    full_name: str = ""


@dataclass(frozen=True)
class HitGroup:
    """The best hits of one kind, and whether there are more."""

    kind: HitKind
    hits: Sequence[Hit]
    has_more: bool


@dataclass(frozen=True)
class Results:
    """Hits by kind.

    Attributes:
        groups: The hits, the kind with the best match first.
        is_anywhere: Whether users were searched by any part of their names.
    """

    groups: Sequence[HitGroup]
    is_anywhere: bool = False


def find(session: DbSession, text: str, can: Can) -> Results:
    """Return the hits for a text, by kind, the kind with the best match first.

    Users take two statements, each other kind takes one, however many rows there are. Users are
    found by the indexes of their names. The other kinds have few rows; all of them are read and
    matched here, so that every database finds the same.

    Args:
        session: The database session.
        text: The text to find; nothing matches an empty one or one longer than `LONGEST`.
        can: Tells whether the user has a permission.
    """
    term = text.strip()
    if not term or len(term) > LONGEST:
        return Results([])
    hits: list[Hit] = []
    names = None
    if can(PermissionCode.SETTINGS_READ):
        hits += _settings(session, term)
    if can(PermissionCode.USER_READ):
        matches = users.matches(session, UserFilter(q=term), BY_NAME)
        names = matches.names
        hits += _users(session, term, matches)
    if can(PermissionCode.ROLE_READ):
        roles = select(Role.id, Role.name, Role.description)
        permissions = select(Permission.id, Permission.code, Permission.description)
        hits += _described(session, term, HitKind.ROLE, roles)
        hits += _described(session, term, HitKind.PERMISSION, permissions)
    return Results(_grouped(hits), names is not None and names.is_anywhere)


def _grouped(hits: Iterable[Hit]) -> list[HitGroup]:
    groups: dict[HitKind, list[Hit]] = {}
    # By code point, which is the same on every database and in every locale.
    for hit in sorted(hits, key=lambda hit: (hit.closeness, hit.name, hit.id)):
        groups.setdefault(hit.kind, []).append(hit)
    return [HitGroup(kind, group[:MOST], len(group) > MOST) for kind, group in groups.items()]


def _settings(session: DbSession, term: str) -> list[Hit]:
    lines = settings.matching(settings.read_all(session), SettingFilter(q=term))
    return [
        Hit(
            HitKind.SETTING,
            line.id,
            line.key,
            line.description or "",
            _closeness(term, line.key),
            setting=line,
        )
        for line in lines
    ]


def _users(session: DbSession, term: str, matches: Matches) -> list[Hit]:
    if matches.names is None:
        return []
    mode = matches.names.mode
    beginning = replace(mode, is_anywhere=False)
    parts = [_ids(query) for query in beginning.first(MOST + 1)]
    if mode.is_anywhere or mode.parts > 1:
        parts.append(_ids(matches.query(BY_NAME, MOST + 1).with_only_columns(User.id)))
    ids = union(*parts).subquery()
    query = select(User.id, User.username, User.email, User.full_name)
    return [
        Hit(
            HitKind.USER,
            row.id,
            row.username,
            shown_address(row.email),
            min(_closeness(folded(term), folded(name)) for name in row[1:] if name),
            full_name=row.full_name or "",
        )
        for row in session.execute(query.join(ids, ids.c.id == User.id), matches.values)
    ]


def _ids(query: Select[Any]) -> Select[Any]:
    # A query within another: SQLite takes no LIMIT in a UNION.
    return select(query.subquery().c.id)


def _described(
    session: DbSession, term: str, kind: HitKind, query: Select[int, str, str | None]
) -> Iterator[Hit]:
    for row_id, name, description in session.execute(query):
        closeness, about = _closeness(term, name), description or ""
        if words.have([name, about], term):
            yield Hit(kind, row_id, name, about, closeness)


def _closeness(term: str, name: str) -> Closeness:
    plain_term, plain_name = words.plain(term), words.plain(name)
    if plain_term and plain_term == plain_name:
        return Closeness.EXACT
    if plain_term and plain_name.startswith(plain_term):
        return Closeness.PREFIX
    return Closeness.CONTAINS if words.have([name], term) else Closeness.ELSEWHERE


def parts(name: str, term: str) -> tuple[str, str, str]:
    """Return the name in three parts: the text before the match, the match, the text after it."""
    match = re.search(words.pattern(term.strip()), name, re.IGNORECASE)
    if match is None:
        return name, "", ""
    return name[: match.start()], match.group(), name[match.end() :]
