"""Rows of a file of users, each judged by itself, in batches of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from app.domain import access, roles, users
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.users import ListedPerson, NewUser
from app.models import DbSession, User, UserNames
from app.models.lookalikes import skeleton
from app.models.spelling import folded, is_same_address, shown_address

EXISTS = "Exists already."


class UserRow(NamedTuple):
    """A user as a row of a file has it.

    Attributes:
        number: Its number in the file; the first line is 1.
        new: The fields, as entered.
        roles: The names of the roles.
        is_active: Whether the user can sign in.
        is_verified: Whether the address is verified.
        mistake: What cannot be read in it; "" for nothing.
    """

    number: int
    new: NewUser
    roles: tuple[str, ...] = ()
    is_active: bool = True
    is_verified: bool = False
    mistake: str = ""


class RowResult(NamedTuple):
    """The outcome for a row: added, unchanged or refused."""

    row: UserRow
    line: PlanLine


@dataclass
class SeenRows:
    """The rows of a file so far, by the names that they would take."""

    by_name: dict[str, UserRow] = field(default_factory=dict)
    by_skeleton: dict[str, UserRow] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """The stored rows that a batch is compared with.

    Attributes:
        own: The permissions of the actor.
        granted: The permissions of each role, by its folded name.
        role_ids: The id and the name of each role, by its folded name.
        people: The users who have one of the names or addresses.
        lookalikes: The user names that look like one of the rows', by skeleton.
        seen: The rows before.
    """

    own: PermissionSet
    granted: Mapping[str, PermissionSet]
    role_ids: Mapping[str, tuple[int, str]]
    people: Mapping[str, Sequence[ListedPerson]]
    lookalikes: Mapping[str, str]
    seen: SeenRows


class _Refused(Exception):
    """The row is refused; the text is the reason."""


def plan_rows(
    session: DbSession, rows: Sequence[UserRow], seen: SeenRows, *, actor: Actor
) -> list[RowResult]:
    """Return what creating these users would do, row by row.

    Args:
        session: The database session; it only reads.
        rows: A batch of rows, some hundreds.
        seen: The rows of the batches before; these are added.
        actor: The person or command who creates the users.

    Raises:
        BeyondOwnPermissions: The actor may not create users.
    """
    own = access.require(session, actor, PermissionCode.USER_CREATE)
    matrix = roles.read_matrix(session)
    known = _Known(
        own,
        {folded(r.name): PermissionSet(r.codes, is_all=r.grants_all) for r in matrix.roles},
        {folded(r.name): (r.id, r.name) for r in matrix.roles},
        users.by_name(session, _names(rows)),
        _lookalikes(session, rows),
        seen,
    )
    return [RowResult(row, _judged(known, row)) for row in rows]


def _names(rows: Sequence[UserRow]) -> list[str]:
    names = (name for row in rows for name in (row.new.username, row.new.email))
    return [name for name in dict.fromkeys(names) if name and "\x00" not in name]


def _lookalikes(session: DbSession, rows: Sequence[UserRow]) -> dict[str, str]:
    skeletons = {skeleton(row.new.username) for row in rows if "\x00" not in row.new.username}
    query = select(UserNames.skeleton, User.username).join(User, User.id == UserNames.id)
    found = session.execute(query.where(UserNames.skeleton.in_(skeletons)))
    return {row.skeleton: row.username for row in found if skeleton(row.username) == row.skeleton}


def _judged(known: _Known, row: UserRow) -> PlanLine:
    name = row.new.username.strip()
    if row.mistake:
        return PlanLine(name, PlanOutcome.REFUSED, reason=row.mistake)
    try:
        new = users.check_new(row.new)
        if _exists(known, new):
            return PlanLine(name, PlanOutcome.UNCHANGED, reason=EXISTS)
        _refuse_taken(known, new)
        if same := _same_row(known, new):
            reason = f"The same user as row {same.number}."
            return PlanLine(name, PlanOutcome.UNCHANGED, reason=reason)
        names = _allowed_roles(known, row)
    except (InvalidValue, _Refused) as refusal:
        return PlanLine(name, PlanOutcome.REFUSED, reason=str(refusal))
    for taken in (new.username, new.email):
        known.seen.by_name[folded(taken)] = row._replace(new=new)
    known.seen.by_skeleton[skeleton(new.username)] = row._replace(new=new)
    return PlanLine(new.username, PlanOutcome.ADD, gained=names)


def _exists(known: _Known, new: NewUser) -> bool:
    return any(
        folded(person.username) == folded(new.username) and is_same_address(person.email, new.email)
        for person in known.people.get(new.username, ())
    )


def _refuse_taken(known: _Known, new: NewUser) -> None:
    if known.people.get(new.username):
        raise _Refused(f"Another user has {new.username} as user name or email address.")
    if known.people.get(new.email):
        raise _Refused(f"Another user has {shown_address(new.email)} as email address.")
    if other := known.lookalikes.get(skeleton(new.username)):
        raise _Refused(f"The user name looks like {other}, which another user has.")


def _same_row(known: _Known, new: NewUser) -> UserRow | None:
    """Return the earlier row of the same user, if there is one; refuse the names of another."""
    seen = known.seen
    rows = [seen.by_name.get(folded(new.username)), seen.by_name.get(folded(new.email))]
    rows.append(seen.by_skeleton.get(skeleton(new.username)))
    others = [row for row in rows if row is not None]
    if not others:
        return None
    first = others[0]
    is_same = (first.new.username, first.new.email) == (new.username, new.email)
    if is_same and len(others) == len(rows):
        return first
    raise _Refused(f"The user name or the email address is that of row {first.number}, or alike.")


def _allowed_roles(known: _Known, row: UserRow) -> tuple[str, ...]:
    keys = list(dict.fromkeys(map(folded, row.roles)))
    if unknown := [name for name in row.roles if folded(name) not in known.role_ids]:
        raise _Refused(f"There is no role named {listed(unknown)}.")
    assigns = PermissionSet(frozenset({PermissionCode.ROLE_ASSIGN}))
    if keys and not known.own.includes(assigns):
        raise _Refused(f"You need the permission {PermissionCode.ROLE_ASSIGN} for its roles.")
    for key in keys:
        if not known.own.includes(known.granted[key]):
            name = known.role_ids[key][1]
            raise _Refused(f"The role {name} grants permissions that you do not have.")
    return tuple(sorted(known.role_ids[key][1] for key in keys))
