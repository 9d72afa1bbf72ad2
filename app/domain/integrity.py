"""Invariants: what holds of all rows, whatever raced, was killed or was restarted."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Column, Select, Table, exists, func, select

from app.domain import access, audit, settings, sign_in, users
from app.domain.audit import BrokenChain
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted, listed
from app.domain.settings import SecretState
from app.models import DbSession, Permission, Role, role_permissions, user_roles
from app.models.base import Base
from app.models.user import ADMIN

Release = Callable[[], object]
Check = Callable[[DbSession, Release], Iterator[str]]
COMBINATIONS = 1_000
NAMED = 5


def problems(session: DbSession, release: Release) -> Iterator[str]:
    """Read everything, in constant memory, and yield what must not be.

    Args:
        session: The database session.
        release: Called between parts, to end the transaction that was read in.

    Yields:
        A sentence for each problem.
    """
    for check in checks():
        yield from check(session, release)
        release()


def checks() -> Sequence[Check]:
    """Return the parts of `problems`, of which each reads on its own."""
    return (
        _broken_chain,
        *(partial(_rows_that_refer_to_nothing, table) for table in Base.metadata.sorted_tables),
        _missing_permissions,
        _wrong_copies,
        _unreadable_secrets,
        _wrong_permissions,
    )


def left_by_others(session: DbSession, release: Release) -> Iterator[str]:
    """Yield what only other programs write: hashes that nobody verifies, changes without a record.

    An installation may have them, and `flask doctor` warns of them. Where no other program writes,
    each is a fault of the console.
    """
    for username in sign_in.unreadable_passwords(session):
        yield f"The stored password of {username} cannot be verified."
    release()
    for change in settings.all_outside_changes(session):
        yield f"{change.target.name} is not what was recorded last."
    release()
    for kind in (access.ROLES, access.GRANTS):
        for chunk in access.chunks(session, kind):
            holders = access.holders_in(session, kind, chunk)
            for held in access.access_from_outside(session, kind, holders):
                yield f"The {kind.noun} of {held.target.name} are not what was recorded last."
            release()


def _broken_chain(session: DbSession, release: Release) -> Iterator[str]:
    try:
        audit.verify(session, release=release)
    except BrokenChain as fault:
        yield f"{fault} Run: flask audit verify"


def _rows_that_refer_to_nothing(
    table: Table, session: DbSession, _release: Release
) -> Iterator[str]:
    """Look for rows whose foreign key leads nowhere: SQLite lets other programs write such rows."""
    for column in table.columns:
        for key in column.foreign_keys:
            if count := session.scalar(_orphans(column, key.column)):
                rows = counted(count, f"row of {table.name} names", f"rows of {table.name} name")
                yield f"{rows} {column.name} that {key.column.table.name} does not have."


def _orphans(child: Column[int], parent: Column[int]) -> Select[int]:
    other = parent.table.alias()
    is_there = exists().where(other.c[parent.name] == child)
    return select(func.count()).select_from(child.table).where(child.is_not(None), ~is_there)


def _missing_permissions(session: DbSession, _release: Release) -> Iterator[str]:
    missing = set(PermissionCode) - set(session.scalars(select(Permission.code)))
    if missing:
        count = counted(
            len(missing), "permission of the console is", "permissions of the console are"
        )
        yield f"{count} not in the database: {listed(sorted(missing), NAMED)}."


def _wrong_copies(session: DbSession, release: Release) -> Iterator[str]:
    if count := users.count_wrong_copies(session, release):
        yield f"The copies of {counted(count, 'name')} are wrong. Run: flask users copy-names"


def _unreadable_secrets(session: DbSession, _release: Release) -> Iterator[str]:
    states = settings.secret_states(session).items()
    keys = [key for key, state in states if state is SecretState.UNREADABLE]
    if keys:
        yield f"{counted(len(keys), 'secret')} cannot be decrypted: {listed(keys, NAMED)}."


def _wrong_permissions(session: DbSession, _release: Release) -> Iterator[str]:
    """Compare what people may do with what their roles grant, once for each set of roles."""
    granted = _granted(session)
    seen: set[frozenset[int]] = set()
    query = select(user_roles.c.user_id, user_roles.c.role_id).order_by(user_roles.c.user_id)
    rows = session.execute(query.execution_options(yield_per=5_000))
    chosen: dict[int, frozenset[str]] = {}
    for user_id, held in groupby(rows, attrgetter("user_id")):
        role_ids = frozenset(row.role_id for row in held)
        if role_ids not in seen and len(seen) < COMBINATIONS:
            seen.add(role_ids)
            chosen[user_id] = frozenset().union(*(granted[role_id] for role_id in role_ids))
    for user_id, expected in chosen.items():
        found = access.permissions_of(session, user_id)
        if {permission.code for permission in found if permission.roles} != expected:
            yield f"What user {user_id} may do is not what their roles grant."


def _granted(session: DbSession) -> Mapping[int, frozenset[str]]:
    """Return the codes that each role grants."""
    codes = {row.id: row.code for row in session.execute(select(Permission.id, Permission.code))}
    granted: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    for role_id, name in session.execute(select(Role.id, Role.name)):
        granted[role_id] = frozenset(codes.values()) if name == ADMIN else frozenset()
    for role_id, permission_id in session.execute(select(role_permissions)):
        granted[role_id] |= {codes[permission_id]} if permission_id in codes else frozenset()
    return granted
