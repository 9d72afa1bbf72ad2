"""The list of users: filtered, sorted, paged by key."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, case, func, select

from app.domain import paging
from app.domain.authentication import api_tokens
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors, Page, Sort, Start
from app.domain.users import name_copy, name_search, sign_in_time, user_filter
from app.domain.users.name_search import NameSearch, SearchMode
from app.domain.users.user_filter import UserFilter
from app.models import DbSession, Role, User, user_roles

SORTS = {
    "username": Sort(User.username, User.id, is_unique=True),
    "-username": Sort(User.username, User.id, descending=True, is_unique=True),
    "email": Sort(User.email, User.id, is_unique=True),
    "-email": Sort(User.email, User.id, descending=True, is_unique=True),
    "created": Sort(User.created_at, User.id),
    "-created": Sort(User.created_at, User.id, descending=True),
}
BETWEEN_ROLES = "\n"
# If MIN_HITS of the next SAMPLE rows match, the list is read in order. With one match in fifty, a
# page is full after some 2,500 rows; to filter and sort 20,000 of a million rows takes longer.
SAMPLE, MIN_HITS = 128, 2
# So few are sorted in no time: the page of two who stand first is not full before the end.
FEW = 300
# The rows that a page with other filters may lie apart before all matches are found and sorted.
AHEAD = 2_500
KEPT = 128  # queries: one for each combination of order, direction and filter

ROLE_NAMES = (
    select(func.aggregate_strings(Role.name, BETWEEN_ROLES))
    .join(user_roles, user_roles.c.role_id == Role.id)
    .where(user_roles.c.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
    .label("roles")
)
_LINES = select(
    User.id,
    User.username,
    User.email,
    User.full_name,
    User.is_active,
    User.is_verified,
    User.created_at,
    ROLE_NAMES,
    sign_in_time.LAST.label("signed_in_at"),
    api_tokens.IS_SERVICE.label("is_service"),
)


@dataclass(frozen=True)
class UserPage:
    """A page of users, and the search of their names; None if no text was given."""

    page: Page
    names: NameSearch | None


@dataclass(frozen=True)
class Matches:
    """The users that match a filter, and the query plan that finds them.

    Attributes:
        filters: The filter.
        names: The search of their names; None if no text was given.
        is_sorted: Whether all matches are found, by an index if there is one, and then sorted;
            otherwise they are read along the index of the order.
    """

    filters: UserFilter
    names: NameSearch | None
    is_sorted: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """The values of the parameters of `query`."""
        return self.names.values if self.names else {}

    def query(self, beginning: Start, limit: int) -> Select[Any]:
        """Return the query of the next users; its parameters are `values` and those of the start.

        `role_names` splits the roles of a row.
        """
        mode = self.names.mode if self.names else None
        others = replace(self.filters, q="") if mode else self.filters
        return _query(others, mode, beginning.kind, limit, is_sorted=self.is_sorted)


def list_page(session: DbSession, filters: UserFilter, sort: str, cursors: Cursors) -> UserPage:
    """Return one page of users, in one statement, or two if names are searched or matches rare.

    Raises:
        InvalidValue: The order, the status or the cursor is not valid.
    """
    if sort not in SORTS:
        raise InvalidValue("The list cannot be sorted that way.", field="sort")
    beginning = paging.start(SORTS[sort], after=cursors.after, before=cursors.before)
    result = matches(session, filters, beginning)
    is_ahead = not (filters.q or result.is_sorted or _is_sqlite(session))
    if is_ahead and filters != UserFilter():
        page = _page_ahead(session, filters, beginning)
        if page:
            return UserPage(page, None)
        result = replace(result, is_sorted=True)
    query = result.query(beginning, paging.SIZE + 1)
    page = paging.page_of(session, query, beginning, values=result.values)
    return UserPage(page, result.names)


def _is_sqlite(session: DbSession) -> bool:
    # SQLite reads on along the index in less time than it takes to look ahead.
    return session.get_bind().dialect.name == "sqlite"


def matches(session: DbSession, filters: UserFilter, beginning: Start) -> Matches:
    """Return the users that match the filter, and the plan that finds them from a row on.

    An index serves the order or the names, never both. If some of the next rows in the order match,
    its index is read until a page is full. Otherwise an index of the names finds all matches, which
    are then sorted. The choice is made here: databases assume that matches are spread evenly, and
    read past a million names to the first that begins with "z".

    Raises:
        InvalidValue: The status is not valid.
    """
    user_filter.check(filters)
    if not (filters.q and user_filter.is_storable(filters)):
        # Service accounts are few, and lie far apart in every order.
        return Matches(filters, None, is_sorted=filters.kind == user_filter.SERVICE)
    names, is_dense = _sample(session, filters, beginning)
    return Matches(filters, names, is_sorted=not is_dense)


def names_of(session: DbSession, filters: UserFilter) -> NameSearch | None:
    """Return the search for the filter's text, in one statement; None if no text was given."""
    is_searched = filters.q and user_filter.is_storable(filters)
    return name_search.prepare(session, filters.q) if is_searched else None


def matching(query: Select[Any], filters: UserFilter, names: NameSearch | None) -> Select[Any]:
    """Narrow a query of users, in no order, to those that match the filter.

    Args:
        query: The query.
        filters: The filter.
        names: The result of `names_of` for it.

    Raises:
        InvalidValue: The status is not valid.
    """
    user_filter.check(filters)
    query = query.where(*user_filter.conditions(filters))
    return names.mode.by_index(query).params(names.values) if names else query


def role_names(joined: str | None) -> list[str]:
    """Return the role names that a row of the list joins into one text."""
    return sorted(joined.split(BETWEEN_ROLES)) if joined else []


# SQLAlchemy walks a whole statement, once for each statement object, to find its compiled form: so
# frequent statements are built once and kept.
@lru_cache(maxsize=KEPT)
def _query(
    others: UserFilter, mode: SearchMode | None, beginning: Start, limit: int, *, is_sorted: bool
) -> Select[Any]:
    if is_sorted:

        def narrow(users: Select[Any]) -> Select[Any]:
            users = users.where(*user_filter.conditions(others))
            return mode.by_index(users) if mode else users

        return paging.filter_then_sort(_LINES, narrow, beginning, limit)
    conditions = [
        *([mode.without_index()] if mode else []),
        *user_filter.conditions_in_order(others),
    ]
    return paging.in_order(_LINES.where(*conditions), beginning, limit)


def _page_ahead(session: DbSession, filters: UserFilter, beginning: Start) -> Page | None:
    """Return the page if the next `AHEAD` users fill it or are the last ones; otherwise None."""
    query = _ahead(filters, beginning.kind, AHEAD, paging.SIZE + 1)
    rows = session.connection().execute(query, beginning.values).all()
    if len(rows) > paging.SIZE or (rows and rows[0].ahead < AHEAD):
        return paging.page_from(rows, beginning)
    return None


@lru_cache(maxsize=KEPT)
def _ahead(filters: UserFilter, beginning: Start, ahead_by: int, limit: int) -> Select[Any]:
    # An index has these columns, so that MariaDB reads along it instead of sorting every user.
    columns = (User.id, beginning.sort.column.label("key"))
    ahead = paging.in_order(select(*columns), beginning, ahead_by).cte("ahead")
    chunk = select(ahead.c.id).join(User, User.id == ahead.c.id).limit(limit)
    chunk = chunk.where(*user_filter.conditions_in_order(filters))
    falls = beginning.sort.descending != beginning.backwards
    for column in (ahead.c.key, ahead.c.id):
        chunk = chunk.order_by(column.desc() if falls else column.asc())
    found = chunk.subquery()
    count = select(func.count()).select_from(ahead).scalar_subquery()
    query = _LINES.add_columns(count.label("ahead")).join(found, found.c.id == User.id)
    return query.order_by(*beginning.order())


def _sample(session: DbSession, filters: UserFilter, beginning: Start) -> tuple[NameSearch, bool]:
    """Return the search of the names, and whether enough of the next rows in the order match."""
    names = name_search.unprepared(session, filters.q)
    query = _sample_query(replace(filters, q=""), names.mode, beginning.kind, SAMPLE)
    sample, uncopied = name_copy.ask(session, query, beginning.values | names.values)
    names = names.after(sample, uncopied)
    hits = sample.anywhere if names.is_anywhere else sample.beginning
    are_few = names.most < FEW and not names.is_anywhere
    # A shorter sample is all that is left of the list.
    return names, (hits >= MIN_HITS and not are_few) or sample.rows < SAMPLE


@lru_cache(maxsize=KEPT)
def _sample_query(
    others: UserFilter, mode: SearchMode, beginning: Start, limit: int
) -> CompoundSelect[Any]:
    """Ask for the answers of a search, the number of rows, and the matches of each search mode.

    The users whose names are not copied yet are asked for too; the sample has none of them.
    """
    modes = {
        name: replace(mode, is_anywhere=name == "anywhere") for name in ("beginning", "anywhere")
    }
    hits = [
        case(
            (and_(each.without_index(), *user_filter.conditions_in_order(others)), 1), else_=0
        ).label(name)
        for name, each in modes.items()
    ]
    rows = paging.in_order(select(*hits), beginning, limit).subquery()
    sums = (func.coalesce(func.sum(column), 0).label(column.key) for column in rows.c)
    answers = name_search.answers_for(mode)
    sample = select(*answers, func.count().label("rows"), *sums).select_from(rows)
    return name_search.with_uncopied(sample, mode)
