"""The list of users: filtered, sorted, paged by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select, true

from app.domain import keyset, name_search, substrings
from app.domain.errors import InvalidValue
from app.domain.keyset import Page, Sort, Start
from app.domain.name_search import NAMES, NameSearch
from app.domain.text import is_name
from app.models import DbSession, Role, User, user_roles
from app.models.base import normalised

SORTS = {
    "username": Sort(User.username, User.id, is_unique=True),
    "-username": Sort(User.username, User.id, descending=True, is_unique=True),
    "email": Sort(User.email, User.id, is_unique=True),
    "-email": Sort(User.email, User.id, descending=True, is_unique=True),
    "created": Sort(User.created_at, User.id),
    "-created": Sort(User.created_at, User.id, descending=True),
}
COUNTED = 10_000
BETWEEN_ROLES = "\n"
STATUSES = ("active", "inactive", "unverified")
# Of so many rows so many have to fit for the index of the order to be walked along. With one in
# fifty a page is full after some 2,500 rows; to gather and sort 20,000 of a million takes longer.
LOOKED_AT, DENSE = 128, 2


_NAMES_OF_ROLES = (
    select(func.aggregate_strings(Role.name, BETWEEN_ROLES))
    .join(user_roles, user_roles.c.role_id == Role.id)
    .where(user_roles.c.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
_LINES = select(
    User.id,
    User.username,
    User.email,
    User.full_name,
    User.is_active,
    User.is_verified,
    User.created_at,
    _NAMES_OF_ROLES.label("roles"),
)


@dataclass(frozen=True)
class UserFilter:
    """Which users to list; an empty field lets all pass.

    Attributes:
        q: A part of a user name or e-mail address, or its beginning; see `NameSearch`.
        role: The name of a role that is held; ``none`` finds those without any.
        status: ``active``, ``inactive`` or ``unverified``.
    """

    q: str = ""
    role: str = ""
    status: str = ""


@dataclass(frozen=True)
class Cursors:
    """Where a page starts: after a row, or before one."""

    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class UserPage:
    """A page of users, and how their names were searched; None where they were not."""

    page: Page
    names: NameSearch | None


@dataclass(frozen=True)
class Matches:
    """Whom a filter lets pass, and how the database is to find them.

    Attributes:
        names: How their names are searched; None where they are not.
        others: What they have to fulfil besides.
        is_gathered: Whether all are found by their names and then sorted; else the index of the
            order is walked along.
    """

    names: NameSearch | None
    others: Sequence[ColumnElement[bool]]
    is_gathered: bool = False

    def query(self, beginning: Start, number: int) -> Select[Any]:
        """Return the query of the next users; `role_names` takes the roles of a row apart."""
        if self.names is None:
            return keyset.walked(_LINES.where(*self.others), beginning, number)
        if self.is_gathered:
            conditions = [self.names.by_index(), *self.others]
            return keyset.gathered(_LINES, conditions, beginning, number)
        query = _LINES.where(self.names.by_comparison(), *self.others)
        return keyset.walked(query, beginning, number)


def page(session: DbSession, wanted: UserFilter, sort: str, cursors: Cursors) -> UserPage:
    """Return one page of users; in one statement, and one more where names are searched.

    Raises:
        InvalidValue: There is no such order, status or cursor.
    """
    if sort not in SORTS:
        raise InvalidValue("The list cannot be sorted by that.")
    beginning = keyset.start(SORTS[sort], after=cursors.after, before=cursors.before)
    if wanted == UserFilter():
        query = _everyone(sort, has_key=beginning.key is not None, backwards=beginning.backwards)
        return UserPage(keyset.page_of(session, query, beginning), None)
    found = matches(session, wanted, beginning)
    query = found.query(beginning, keyset.SIZE + 1)
    return UserPage(keyset.page_of(session, query, beginning), found.names)


def matches(session: DbSession, wanted: UserFilter, beginning: Start) -> Matches:
    """Return whom the filter lets pass, and how they are found from a row on.

    An index answers the order or the names, never both. Where the next few rows in the order hold
    some that fit, its index is walked along until a page is full. Else all that fit are gathered by
    an index of their names, and sorted. The choice is made here: databases expect those that fit to
    be spread evenly, and walk past a million names to the first that begins with "z".

    Raises:
        InvalidValue: There is no such status.
    """
    others = _others(wanted)
    if not (wanted.q and _can_be_asked(wanted)):
        return Matches(None, others)
    names, is_dense = _look(session, wanted.q, others, beginning)
    return Matches(names, others, is_gathered=not is_dense)


def names_of(session: DbSession, wanted: UserFilter) -> NameSearch | None:
    """Return how the filter's text is looked for, in one statement; None where there is none."""
    is_searched = wanted.q and _can_be_asked(wanted)
    return name_search.prepare(session, wanted.q) if is_searched else None


def matching(query: Select[Any], wanted: UserFilter, names: NameSearch | None) -> Select[Any]:
    """Narrow a query of users, in no order, to those that the filter lets pass.

    Args:
        query: The query.
        wanted: The filter.
        names: What `names_of` returned for it.

    Raises:
        InvalidValue: There is no such status.
    """
    query = query.where(*_others(wanted))
    return query.where(names.by_index()) if names else query


def role_names(joined: str | None) -> list[str]:
    """Return the names of the roles that a listing's row joins into one text."""
    return sorted(joined.split(BETWEEN_ROLES)) if joined else []


@cache
def _everyone(sort: str, *, has_key: bool, backwards: bool) -> Select[Any]:
    # SQLAlchemy finds a statement that it has compiled by going through all of it, once for each
    # statement object: what is asked for most often is made once and kept.
    beginning = Start(SORTS[sort], keyset.KEY if has_key else None, backwards)
    return keyset.walked(_LINES, beginning, keyset.SIZE + 1)


def _look(
    session: DbSession, text: str, others: Sequence[ColumnElement[bool]], beginning: Start
) -> tuple[NameSearch, bool]:
    """How names are searched, and whether some that fit are among the next rows in the order."""
    dialect = session.get_bind().dialect.name
    some = select(*NAMES).add_columns(and_(true(), *others).label("fits"))
    next_rows = keyset.walked(some, beginning, LOOKED_AT).subquery()
    # Also without a row there is one, which says whether there is an index.
    index = select(substrings.is_kept(dialect).label("is_there")).subquery()
    query = select(index, next_rows).select_from(index.outerjoin(next_rows, true()))
    rows = session.execute(query).all()
    names = NameSearch(normalised(text), dialect, has_index=bool(rows[0].is_there))
    hits = sum(1 for row in rows if row.fits and names.fits(row.username, row.email))
    # What is left of the list is as short as it is looked at.
    return names, hits >= DENSE or len(rows) < LOOKED_AT


def _can_be_asked(wanted: UserFilter) -> bool:
    return is_name(wanted.q) and is_name(wanted.role)


def _others(wanted: UserFilter) -> list[ColumnElement[bool]]:
    """What has to be fulfilled besides the names."""
    if wanted.status and wanted.status not in STATUSES:
        raise InvalidValue("There is no such status to filter by.")
    if not _can_be_asked(wanted):
        return [false()]
    found = []
    if wanted.role:
        found.append(_holds(wanted.role))
    if wanted.status:
        found.append(_has_status(wanted.status))
    return found


def _holds(role: str) -> ColumnElement[bool]:
    return ~User.roles.any() if role == "none" else User.roles.any(Role.name == role)


def _has_status(status: str) -> ColumnElement[bool]:
    return {
        "active": User.is_active.is_(True),
        "inactive": User.is_active.is_(False),
        "unverified": User.is_verified.is_(False),
    }[status]
