"""The folded copies of names, kept true although other programs write users.

The console copies the names that it writes itself. What others wrote is noticed before each search
and lookup: users above the highest copied id, and users of a slice of the table, so that with some
thousand users every one is compared each time. A read matches their names itself; a change copies
them first. So a name is found before it is copied, and no command has to be run.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from secrets import randbelow
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Float,
    Integer,
    Row,
    Select,
    Subquery,
    bindparam,
    cast,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)

from app.models import DbSession, User, UserNames, user_words
from app.models.user_names import StoredNames, copy, copy_of, is_copy_of, may_be_odd

NEW = 20_000
SLICE = 2_000
MOST_MATCHES = 1_000
AT_ONCE = 5_000
_NAMES = len(StoredNames._fields)

_Names = Select[int, str, str, str | None]


def _uncopied_among(users: Subquery) -> _Names:
    """Return the query of those among some users, as `StoredNames`, to be copied."""
    is_missing, is_stale = UserNames.id.is_(None), ~is_copy_of(users.c)
    copies = _all_of(users).outerjoin(UserNames, UserNames.id == users.c.id)
    return copies.where(or_(is_missing, is_stale))


def _all_of(users: Subquery) -> _Names:
    return select(users.c.id, users.c.username, users.c.email, users.c.full_name)


def _slice_from(start: Any, size: int, *conditions: ColumnElement[bool]) -> Subquery:
    users = _EVERYBODY.where(User.id > start, *conditions)
    return users.order_by(User.id).limit(size).subquery()


_EVERYBODY = select(User.id, User.username, User.email, User.full_name)
_HIGHEST = select(func.coalesce(func.max(UserNames.id), 0)).scalar_subquery()
# Sometimes from below the lowest id, so that each user is as likely to be compared.
_SOMEWHERE = cast(_HIGHEST * bindparam("part", type_=Float), Integer) - SLICE
# No copies are looked up of those that are new: PostgreSQL would read all copies for so many.
_BEYOND = _slice_from(_HIGHEST, NEW)
_BELOW = _slice_from(_SOMEWHERE, SLICE, User.id <= _HIGHEST)
_PARTS = ((_BEYOND, _all_of(_BEYOND)), (_BELOW, _uncopied_among(_BELOW)))
_UNCOPIED = union_all(*(part for _, part in _PARTS))
# The others are found in `users` by their stored names.
_ODD = union_all(*(part.where(may_be_odd(users.c)) for users, part in _PARTS))
_UNCOPIED_AFTER = _uncopied_among(_slice_from(bindparam("after", type_=Integer), NEW))


def with_uncopied(
    answers: Select[Any], may_be_meant: Callable[[Any], ColumnElement[bool]]
) -> CompoundSelect[Any]:
    """Return a query for one row of answers together with the users who are not copied; see `ask`.

    Args:
        answers: The query for the row.
        may_be_meant: Returns a condition that holds for all users whose full names are searched
            for; called with the columns of users.
    """
    columns = [null().label(column.key) for column in answers.selected_columns]
    nobody = [null().label(column.key) for column in _EVERYBODY.selected_columns]
    uncopied = (
        part.where(or_(may_be_odd(users.c), may_be_meant(users.c))).with_only_columns(
            *columns, *part.selected_columns
        )
        for users, part in _PARTS
    )
    return union_all(answers.add_columns(*nobody), *uncopied)


def ask(
    session: DbSession, query: CompoundSelect[Any], values: Mapping[str, Any] | None = None
) -> tuple[Row[Any], list[StoredNames]]:
    """Return the answers and the users of a query from `with_uncopied`."""
    rows = session.connection().execute(query, {**(values or {}), "part": _part()}).all()
    [answers] = [row for row in rows if row.id is None]
    return answers, [
        StoredNames(*row[-len(StoredNames._fields) :]) for row in rows if row.id is not None
    ]


def uncopied(session: DbSession) -> list[StoredNames]:
    """Return users whose names are not copied and not stored folded; see the module."""
    return _read(session, _ODD)


def all_uncopied(session: DbSession) -> list[StoredNames]:
    """Return users whose names are not copied, also those whose names are stored folded."""
    return _read(session, _UNCOPIED)


def copy_uncopied(session: DbSession) -> None:
    """Copy the names of users that are not copied, as the beginning of a change."""
    copy(session.connection(), all_uncopied(session))


def copy_after(session: DbSession, user_id: int) -> tuple[int | None, int]:
    """Copy names that are not copied among the next users after an id.

    After the last user, drop the copies of users who are gone: on SQLite, a program that enforces
    no foreign keys leaves them behind.

    Returns:
        The highest id of these users, None if there were none; and how many were copied.
    """
    highest = session.scalar(select(func.max(_slice_from(user_id, NEW).c.id)))
    if highest is None:
        is_gone = ~exists().where(User.id == UserNames.id)
        session.connection().execute(delete(UserNames).where(is_gone))
        has_no_copy = ~exists().where(UserNames.id == user_words.c.user_id)
        session.connection().execute(delete(user_words).where(has_no_copy))
    users = session.connection().execute(_UNCOPIED_AFTER, {"after": user_id})
    rows = [StoredNames(*row) for row in users]
    copy(session.connection(), rows)
    return highest, len(rows)


def count_uncopied(session: DbSession) -> int:
    """Return how many users' names are not copied; reads every user."""
    query = _uncopied_among(_EVERYBODY.subquery()).with_only_columns(func.count())
    return session.scalar(query) or 0


def count_wrong_copies(session: DbSession, release: Callable[[], object]) -> int:
    """Return how many copies are not what is made of the names that they were made of.

    Args:
        session: The database session.
        release: Called between batches, to end the transaction that was read in.
    """
    wrong, after = 0, 0
    query = select(*_EVERYBODY.selected_columns, *UserNames.__table__.columns)
    query = query.join(UserNames, UserNames.id == User.id).order_by(User.id).limit(AT_ONCE)
    is_fresh = is_copy_of(User)
    while rows := session.execute(query.where(User.id > after, is_fresh)).all():
        for row in rows:
            copied = dict(zip(UserNames.__table__.columns.keys(), row[_NAMES:], strict=True))
            wrong += copied != copy_of(StoredNames(*row[:_NAMES]))
        after = rows[-1][0]
        release()
    return wrong


def matching_ids(users: Iterable[StoredNames], fits: Callable[[StoredNames], bool]) -> list[int]:
    """Return the ids of users who fit, as far as one query takes them."""
    return list(islice((user.id for user in users if fits(user)), MOST_MATCHES))


def _part() -> float:
    return randbelow(SLICE) / SLICE


def _read(
    session: DbSession, query: CompoundSelect[int, str, str, str | None]
) -> list[StoredNames]:
    rows = session.connection().execute(query, {"part": _part()})
    return [StoredNames(*row) for row in rows]
