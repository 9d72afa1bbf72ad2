"""Exports: whole lists, read in short pieces that keep nobody waiting."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select

from app.domain.paging import COUNTED, Sort, Start
from app.domain.users import listing
from app.domain.users.listing import Matches, UserFilter
from app.domain.users.name_search import NameSearch
from app.models import DbSession, User

BATCH = 1_000
BY_ID = Sort(User.id, User.id, is_unique=True)


def export_matches(session: DbSession, wanted: UserFilter) -> Matches:
    """Return whom the filter lets pass, as `export_batch` reads them.

    Raises:
        InvalidValue: There is no such status.
    """
    found = listing.matches(session, wanted, Start(BY_ID))
    # The index may be dropped while the file is being sent.
    needs_index = found.names is not None and found.names.way.needs_index
    return replace(found, is_gathered=found.is_gathered and not needs_index)


def count_for_export(session: DbSession, wanted: UserFilter, names: NameSearch | None) -> int:
    """Count the users whom the filter lets pass; more than `COUNTED` means "more than that".

    Args:
        session: The database session.
        wanted: The filter.
        names: What `user_list.names_of` returned for it.

    Raises:
        InvalidValue: There is no such status.
    """
    some = listing.matching(select(User.id), wanted, names).limit(COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def export_batch(found: Matches, session: DbSession, after: int) -> Sequence[Row[Any]]:
    """Return the next users of `export_matches`: ids above ``after``, the lowest first."""
    beginning = Start(BY_ID, (after, after))
    values = beginning.values | found.values
    return session.connection().execute(found.query(beginning, BATCH), values).all()
