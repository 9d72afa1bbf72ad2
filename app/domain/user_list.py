"""The list of users: filtered, sorted, paged by key."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from app.domain import keyset
from app.domain.errors import InvalidValue
from app.domain.text import is_name
from app.models import DbSession, Role, User, user_roles
from app.models.base import normalised

HIGHEST = "\U0010ffff"
SORTS = {
    "username": keyset.Sort(User.username, User.id),
    "-username": keyset.Sort(User.username, User.id, descending=True),
    "email": keyset.Sort(User.email, User.id),
    "-email": keyset.Sort(User.email, User.id, descending=True),
    "created": keyset.Sort(User.created_at, User.id),
    "-created": keyset.Sort(User.created_at, User.id, descending=True),
}
COUNTED = 10_000
BETWEEN_ROLES = "\n"
STATUSES = ("active", "inactive", "unverified")


@dataclass(frozen=True)
class UserFilter:
    """Which users to list; an empty field lets all pass.

    Attributes:
        q: The beginning of a user name or e-mail address.
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


def page(session: DbSession, wanted: UserFilter, sort: str, cursors: Cursors) -> keyset.Page:
    """Return one page of users in one statement; `role_names` takes the roles of a row apart.

    Raises:
        InvalidValue: There is no such order, status or cursor.
    """
    if sort not in SORTS:
        raise InvalidValue("The list cannot be sorted by that.")
    pages = _everyone(sort)
    if wanted != UserFilter():
        pages = keyset.Pages(matching(lines(), wanted), SORTS[sort])
    return pages.page(session, after=cursors.after, before=cursors.before)


def role_names(joined: str | None) -> list[str]:
    """Return the names of the roles that a listing's row joins into one text."""
    return sorted(joined.split(BETWEEN_ROLES)) if joined else []


def matching(query: Select[Any], wanted: UserFilter) -> Select[Any]:
    """Narrow a query of users to those that the filter lets pass.

    Raises:
        InvalidValue: There is no such status.
    """
    if wanted.status and wanted.status not in STATUSES:
        raise InvalidValue("There is no such status to filter by.")
    if not (is_name(wanted.q) and is_name(wanted.role)):
        return query.where(false())
    if wanted.q:
        query = query.where(or_(begins(User.username, wanted.q), begins(User.email, wanted.q)))
    if wanted.role:
        query = query.where(_holds(wanted.role))
    if wanted.status:
        query = query.where(_has_status(wanted.status))
    return query


def lines() -> Select[Any]:
    """Return the query of a listing; `role_names` takes the roles of a row apart."""
    names_of_roles = (
        select(func.aggregate_strings(Role.name, BETWEEN_ROLES))
        .join(user_roles, user_roles.c.role_id == Role.id)
        .where(user_roles.c.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    return select(
        User.id,
        User.username,
        User.email,
        User.full_name,
        User.is_active,
        User.is_verified,
        User.created_at,
        names_of_roles.label("roles"),
    )


@cache
def _everyone(sort: str) -> keyset.Pages:
    return keyset.Pages(lines(), SORTS[sort])


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a user name or e-mail address begins with the text."""
    if "\0" in text:
        return false()  # Nothing stored has it, and PostgreSQL refuses to be asked for it.
    # A range, which every database answers from the index; LIKE is not, in PostgreSQL's C.UTF-8.
    start = normalised(text)
    return and_(column >= start, column < start + HIGHEST)


def _holds(role: str) -> ColumnElement[bool]:
    if role == "none":
        return ~User.roles.any()
    if "\0" in role:
        return false()
    return User.roles.any(Role.name == role)


def _has_status(status: str) -> ColumnElement[bool]:
    return {
        "active": User.is_active.is_(True),
        "inactive": User.is_active.is_(False),
        "unverified": User.is_verified.is_(False),
    }[status]
