"""The list of users: filtered, sorted, paged by key."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select

from app.domain import paging
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors, Page, Sort, Start
from app.domain.text import is_name
from app.domain.users import name_search
from app.domain.users.name_search import NameSearch, SearchMode
from app.models import DbSession, Role, User, user_roles, user_trigrams
from app.models.base import normalised

SORTS = {
    "username": Sort(User.username, User.id, is_unique=True),
    "-username": Sort(User.username, User.id, descending=True, is_unique=True),
    "email": Sort(User.email, User.id, is_unique=True),
    "-email": Sort(User.email, User.id, descending=True, is_unique=True),
    "created": Sort(User.created_at, User.id),
    "-created": Sort(User.created_at, User.id, descending=True),
}
BETWEEN_ROLES = "\n"
STATUSES = ("active", "inactive", "unverified")
# Of so many rows so many have to fit for the index of the order to be walked along. With one in
# fifty a page is full after some 2,500 rows; to gather and sort 20,000 of a million takes longer.
LOOKED_AT, DENSE = 128, 2
KEPT = 128  # queries: an order, a direction and a filter make one


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
class UserPage:
    """A page of users, and how their names were searched; None where they were not."""

    page: Page
    names: NameSearch | None


@dataclass(frozen=True)
class Matches:
    """Whom a filter lets pass, and how the database is to find them.

    Attributes:
        wanted: The filter.
        names: How their names are searched; None where they are not.
        is_gathered: Whether all are found by their names and then sorted; else the index of the
            order is walked along.
    """

    wanted: UserFilter
    names: NameSearch | None
    is_gathered: bool = False

    @property
    def values(self) -> dict[str, str]:
        """What `query` leaves open."""
        return self.names.values if self.names else {}

    def query(self, beginning: Start, number: int) -> Select[Any]:
        """Return the query of the next users, which leaves `values` and those of the start open.

        `role_names` takes the roles of a row apart.
        """
        way = self.names.way if self.names else None
        others = replace(self.wanted, q="") if way else self.wanted
        return _query(others, way, beginning.kind, number, is_gathered=self.is_gathered)


def list_page(session: DbSession, wanted: UserFilter, sort: str, cursors: Cursors) -> UserPage:
    """Return one page of users; in one statement, and one more where names are searched.

    Raises:
        InvalidValue: There is no such order, status or cursor.
    """
    if sort not in SORTS:
        raise InvalidValue("The list cannot be sorted by that.")
    beginning = paging.start(SORTS[sort], after=cursors.after, before=cursors.before)
    found = matches(session, wanted, beginning)
    query = found.query(beginning, paging.SIZE + 1)
    return UserPage(
        paging.page_of(session, query, beginning, values=found.values), names=found.names
    )


def matches(session: DbSession, wanted: UserFilter, beginning: Start) -> Matches:
    """Return whom the filter lets pass, and how they are found from a row on.

    An index answers the order or the names, never both. Where the next few rows in the order hold
    some that fit, its index is walked along until a page is full. Else all that fit are gathered by
    an index of their names, and sorted. The choice is made here: databases expect those that fit to
    be spread evenly, and walk past a million names to the first that begins with "z".

    Raises:
        InvalidValue: There is no such status.
    """
    _check(wanted)
    if not (wanted.q and _can_be_asked(wanted)):
        return Matches(wanted, None)
    names, is_dense = _look(session, wanted, beginning)
    return Matches(wanted, names, is_gathered=not is_dense)


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
    _check(wanted)
    query = query.where(*_others(wanted))
    return query.where(names.way.by_index()).params(names.values) if names else query


def role_names(joined: str | None) -> list[str]:
    """Return the names of the roles that a listing's row joins into one text."""
    return sorted(joined.split(BETWEEN_ROLES)) if joined else []


# SQLAlchemy finds a statement that it has compiled by going through all of it, once for each
# statement object: what is asked for often is made once and kept.
@lru_cache(maxsize=KEPT)
def _query(
    others: UserFilter, way: SearchMode | None, beginning: Start, number: int, *, is_gathered: bool
) -> Select[Any]:
    conditions = _others(others)
    if way and is_gathered:
        return paging.filter_then_sort(_LINES, [way.by_index(), *conditions], beginning, number)
    if way:
        conditions = [way.by_comparison(), *conditions]
    return paging.in_order(_LINES.where(*conditions), beginning, number)


def _look(session: DbSession, wanted: UserFilter, beginning: Start) -> tuple[NameSearch, bool]:
    """How names are searched, and whether some that fit are among the next rows in the order."""
    dialect = session.get_bind().dialect.name
    query = _look_query(replace(wanted, q=""), dialect, beginning.kind, LOOKED_AT)
    names = NameSearch(normalised(wanted.q), dialect, has_index=True)
    seen = session.connection().execute(query, beginning.values | names.values).one()
    names = replace(names, has_index=bool(seen.has_index))
    hits = seen.anywhere if names.is_anywhere else seen.beginning
    # What is left of the list is as short as it is looked at.
    return names, hits >= DENSE or seen.number < LOOKED_AT


@lru_cache(maxsize=KEPT)
def _look_query(others: UserFilter, dialect: str, beginning: Start, number: int) -> Select[Any]:
    """Whether there is an index, how many rows were looked at, how many fit in either way."""
    ways = {
        name: SearchMode(dialect, is_anywhere=name == "anywhere")
        for name in ("beginning", "anywhere")
    }
    hits = [
        case((and_(way.by_comparison(), *_others(others)), 1), else_=0).label(name)
        for name, way in ways.items()
    ]
    rows = paging.in_order(select(*hits), beginning, number).subquery()
    return select(
        user_trigrams.is_kept(dialect).label("has_index"),
        func.count().label("number"),
        *(func.coalesce(func.sum(column), 0).label(column.key) for column in rows.c),
    ).select_from(rows)


def _check(wanted: UserFilter) -> None:
    if wanted.status and wanted.status not in STATUSES:
        raise InvalidValue("There is no such status to filter by.")


def _can_be_asked(wanted: UserFilter) -> bool:
    return is_name(wanted.q) and is_name(wanted.role)


def _others(wanted: UserFilter) -> list[ColumnElement[bool]]:
    """What has to be fulfilled besides the names."""
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
