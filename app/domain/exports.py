"""Exports: whole lists, read in short pieces that keep nobody waiting."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.domain import user_list
from app.domain.user_list import COUNTED, UserFilter
from app.models import DbSession, User

BATCH = 1_000


def users_of(wanted: UserFilter) -> Select[Any]:
    """Return the query of the users whom the filter lets pass, by their ids.

    Raises:
        InvalidValue: There is no such status.
    """
    return user_list.matching(user_list.lines(), wanted).order_by(User.id)


def count_users(session: DbSession, wanted: UserFilter) -> int:
    """Count the users whom the filter lets pass; more than `COUNTED` means "more than that".

    Raises:
        InvalidValue: There is no such status.
    """
    some = user_list.matching(select(User.id), wanted).limit(COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def user_batch(query: Select[Any], session: DbSession, after: int) -> Sequence[Row[Any]]:
    """Return the next users of a query of `users_of`: those with ids above ``after``."""
    return session.execute(query.where(User.id > after).limit(BATCH)).all()
