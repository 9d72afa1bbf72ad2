"""The export of users as a CSV file, read in short batches that block nobody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select

from app.domain import csv
from app.domain.csv import Separator
from app.domain.paging import COUNTED, Sort, Start
from app.domain.phrases import iso
from app.domain.target import Target
from app.domain.users import listing
from app.domain.users.listing import Matches
from app.domain.users.name_search import NameSearch
from app.domain.users.user_filter import UserFilter
from app.models import DbSession, User
from app.models.spelling import shown_address

EXPORTED = "users:exported"
EXPORT_TARGET = Target("list", "users")
HEADER = (
    *("id", "username", "email", "full_name", "is_active", "is_verified", "roles"),
    "created_at (UTC)",
)
BETWEEN_ROLES = "; "
BATCH = 1_000
BY_ID = Sort(User.id, User.id, is_unique=True)


def export_matches(session: DbSession, filters: UserFilter) -> Matches:
    """Return the users that match the filter, as `export_batch` reads them.

    Raises:
        InvalidValue: The status is not valid.
    """
    result = listing.matches(session, filters, Start(BY_ID))
    # The index may be dropped while the file is being sent.
    needs_index = result.names is not None and result.names.mode.needs_index
    return replace(result, is_sorted=result.is_sorted and not needs_index)


def count_for_export(session: DbSession, filters: UserFilter, names: NameSearch | None) -> int:
    """Count the users that match the filter, up to one more than `COUNTED`.

    Args:
        session: The database session.
        filters: The filter.
        names: The result of `names_of` for it.

    Raises:
        InvalidValue: The status is not valid.
    """
    query = listing.matching(select(User.id), filters, names).limit(COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(query)).scalar_one()


def export_batch(matches: Matches, session: DbSession, after: int) -> Sequence[Row[Any]]:
    """Return the next of the `export_matches`: ids above ``after``, the lowest first."""
    beginning = Start(BY_ID, (after, after))
    values = beginning.values | matches.values
    return session.connection().execute(matches.query(beginning, BATCH), values).all()


def export_file(
    batches: Iterable[Iterable[Row[Any]]], separator: Separator = Separator.COMMA
) -> Iterator[bytes]:
    """Yield the file in pieces, one for each batch of users.

    Args:
        batches: The users, as `export_batch` reads them.
        separator: The separator.
    """
    return csv.encoded(HEADER, map(_rows, batches), separator)


def _rows(batch: Iterable[Row[Any]]) -> Iterator[tuple[csv.Cell, ...]]:
    for row in batch:
        yield (
            row.id,
            row.username,
            shown_address(row.email),
            row.full_name or "",
            "yes" if row.is_active else "no",
            "yes" if row.is_verified else "no",
            BETWEEN_ROLES.join(listing.role_names(row.roles)),
            iso(row.created_at),
        )
