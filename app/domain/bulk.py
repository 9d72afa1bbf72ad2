"""Many users changed at once: decided person by person, done in a few statements.

All of it is one transaction. The statements are as many for one user as for a thousand: people are
read, judged and written in chunks of their ids.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ScalarSelect, Select, delete, insert, select, update

from app.domain import access, audit, etags, reach, roles, sessions, user_list
from app.domain.access import LastAdministrator
from app.domain.actor import Actor
from app.domain.audit import Change, Target
from app.domain.errors import ChangedMeanwhile, InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.roles import HIGHEST_ID
from app.domain.text import checked_reason
from app.domain.user_list import UserFilter
from app.models import DbSession, Role, User, user_roles
from app.models.user import ADMIN

MOST = 10_000
CHUNK = 1_000

People = Select[int, str, str | None, bool]

_PEOPLE: People = select(User.id, User.username, User.full_name, User.is_active)


class BulkAction(StrEnum):
    """What can be done to many users at once."""

    ASSIGN = "assign"
    UNASSIGN = "unassign"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"

    @property
    def needs(self) -> PermissionCode:
        """The permission that doing it needs."""
        return PermissionCode.ROLE_ASSIGN if self.takes_role else PermissionCode.USER_UPDATE

    @property
    def takes_role(self) -> bool:
        """Tell whether a role has to be named."""
        return self in {BulkAction.ASSIGN, BulkAction.UNASSIGN}

    @property
    def takes_away(self) -> bool:
        """Tell whether somebody can do less afterwards."""
        return self in {BulkAction.UNASSIGN, BulkAction.DEACTIVATE}


class Outcome(StrEnum):
    """What becomes of a person."""

    CHANGED = "changed"
    ALREADY = "already"
    BEYOND = "beyond"
    LAST = "last"


class SelectionChangedMeanwhile(ChangedMeanwhile):
    """Other users are selected now than were reviewed."""


@dataclass(frozen=True)
class Selection:
    """Whom it is about: those with these ids or, with a filter, all whom it lets pass."""

    user_ids: frozenset[int] = frozenset()
    wanted: UserFilter | None = None


@dataclass(frozen=True)
class BulkEdit:
    """What to do to whom, and what was reviewed before.

    Attributes:
        action: What to do.
        selection: To whom.
        role: The name of the role, where the action takes one.
        etag: The digest of those who were reviewed.
        count: How many they were.
        reason: Why, in the actor's words.
    """

    action: BulkAction
    selection: Selection
    role: str = ""
    etag: str = ""
    count: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """One of the users it is about."""

    id: int
    username: str
    full_name: str | None
    is_active: bool

    @property
    def name(self) -> str:
        """The full name where there is one."""
        return self.full_name or self.username


@dataclass(frozen=True)
class Plan:
    """What is done to whom, and who is left as they are and why.

    Attributes:
        action: What is done.
        role: The name of the role, where the action takes one.
        codes: The permissions that the role grants.
        outcomes: Those with each outcome, by their user names.
        etag: The digest of all of them.
        count: How many they are together.
    """

    action: BulkAction
    role: str
    codes: tuple[str, ...]
    outcomes: Mapping[Outcome, Sequence[Person]]
    etag: str
    count: int

    @property
    def changed(self) -> Sequence[Person]:
        """Those to whom something is done."""
        return self.outcomes[Outcome.CHANGED]

    @property
    def skipped(self) -> list[tuple[Outcome, Sequence[Person]]]:
        """Those who are left as they are, by the reason for it."""
        left = (outcome for outcome in Outcome if outcome is not Outcome.CHANGED)
        return [(outcome, self.outcomes[outcome]) for outcome in left if self.outcomes[outcome]]


@dataclass(frozen=True)
class _Standing:
    """What is known about those it is about, besides who they are.

    Attributes:
        held: The pairs of a user and a role that matter.
        beyond: The roles that grant what the actor does not hold.
        role_id: The role that is given or taken; 0 for none.
    """

    held: frozenset[tuple[int, int]]
    beyond: frozenset[int]
    role_id: int

    def is_beyond(self, person: Person) -> bool:
        return any((person.id, role_id) in self.held for role_id in self.beyond)

    def holds_role(self, person: Person) -> bool:
        return (person.id, self.role_id) in self.held


def review(session: DbSession, edit: BulkEdit, *, actor: Actor) -> Plan:
    """Return what would be done to whom; see `change` for what is refused."""
    return _plan(session, edit, actor, _PEOPLE)


def change(session: DbSession, edit: BulkEdit, *, actor: Actor) -> Plan:
    """Do something to many users, and record it with an event for each of them.

    Args:
        session: The database session; the caller commits it.
        edit: What to do to whom, and what was reviewed.
        actor: The person or command making the change.

    Returns:
        What was done to whom. Those who are so already, who hold what the actor does not, and the
        last administrator are left as they are.

    Raises:
        BeyondOwnPermissions: The actor may not do it, or the role grants what they do not hold.
        NotFound: There is no such role.
        InvalidValue: Nobody is selected, or too many are, or the reason is too long.
        SelectionChangedMeanwhile: Others are selected now than were reviewed.
        LastAdministrator: Nobody would be left to administer the console.
    """
    access.take_turn(session)
    plan = _plan(session, edit, actor, _PEOPLE.with_for_update())
    reason = checked_reason(edit.reason)
    if edit.etag != plan.etag:
        raise SelectionChangedMeanwhile(_what_changed(edit.count, plan.count))
    if plan.changed:
        _carry_out(session, plan)
        changes = [(_target(person), _change(plan)) for person in plan.changed]
        audit.record_each(session, changes, actor=actor, reason=reason)
        if plan.action.takes_away and not access.is_administrator_left(session):
            raise LastAdministrator("Nobody would be left to administer the console.")
    return plan


def _plan(session: DbSession, edit: BulkEdit, actor: Actor, query: People) -> Plan:
    access.refuse_without(session, actor, edit.action.needs)
    role = _role(session, edit, actor)
    ids = _selected(session, edit.selection)
    people = [Person(*row) for part in _parts(ids) for row in _rows(session, query, part)]
    people.sort(key=lambda person: (person.username, person.id))
    standing = _standing(session, ids, role, actor)
    outcomes = _judged(people, edit.action, standing)
    if edit.action is BulkAction.DEACTIVATE or (
        edit.action is BulkAction.UNASSIGN and role and role.name == ADMIN
    ):
        _spare_the_last(session, outcomes, actor)
    return Plan(
        action=edit.action,
        role=role.name if role else "",
        codes=tuple(permission.code for permission in role.permissions) if role else (),
        outcomes=outcomes,
        etag=etags.of(sorted(person.id for person in people)),
        count=len(people),
    )


def _role(session: DbSession, edit: BulkEdit, actor: Actor) -> Role | None:
    if not edit.action.takes_role:
        return None
    if not edit.role:
        raise InvalidValue("Choose the role first.")
    role = roles.named(session, edit.role)
    if edit.action is BulkAction.ASSIGN:
        access.refuse_beyond(session, actor, None, [role])
    return role


def _selected(session: DbSession, selection: Selection) -> Sequence[int]:
    query = select(User.id)
    if selection.wanted is None:
        possible = [number for number in selection.user_ids if 0 < number <= HIGHEST_ID]
        query = query.where(User.id.in_(possible[: MOST + 1]))
    else:
        query = user_list.matching(query, selection.wanted)
    ids = session.scalars(query.limit(MOST + 1)).all()
    if not ids:
        raise InvalidValue("Nobody is selected. Tick somebody, or choose all that match.")
    if len(ids) > MOST:
        raise InvalidValue(
            f"More than {MOST:,} users match, and no more than that are changed at once. "
            "Narrow the filter."
        )
    return sorted(ids)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _rows(session: DbSession, query: People, ids: Sequence[int]) -> Iterator[Any]:
    # In the order of their ids, so that two programs that lock several never wait for each other.
    return iter(session.execute(query.where(User.id.in_(ids)).order_by(User.id)))


def _standing(session: DbSession, ids: Sequence[int], role: Role | None, actor: Actor) -> _Standing:
    every = reach.roles(session, actor)
    beyond = frozenset(one.id for one in every if one.is_beyond)
    admin = {one.id for one in every if one.name == ADMIN}
    matter = beyond | admin | ({role.id} if role else set())
    held: set[tuple[int, int]] = set()
    for part in _parts(ids):
        query = select(user_roles.c.user_id, user_roles.c.role_id).where(
            user_roles.c.user_id.in_(part), user_roles.c.role_id.in_(matter)
        )
        held.update((row.user_id, row.role_id) for row in session.execute(query))
    return _Standing(frozenset(held), beyond, role.id if role else 0)


def _judged(
    people: Sequence[Person], action: BulkAction, standing: _Standing
) -> dict[Outcome, list[Person]]:
    is_already = _IS_ALREADY[action]
    outcomes: dict[Outcome, list[Person]] = {outcome: [] for outcome in Outcome}
    for person in people:
        if is_already(person, standing):
            outcomes[Outcome.ALREADY].append(person)
        elif standing.is_beyond(person):
            outcomes[Outcome.BEYOND].append(person)
        else:
            outcomes[Outcome.CHANGED].append(person)
    return outcomes


def _spare_the_last(
    session: DbSession, outcomes: dict[Outcome, list[Person]], actor: Actor
) -> None:
    administrators = access.administrators(session)
    changed = outcomes[Outcome.CHANGED]
    losing = [person for person in changed if person.id in administrators]
    if not losing or len(losing) < len(administrators):
        return
    # Whoever makes the change rather than another, so that they can take it back.
    spared = next((person for person in losing if person.id == actor.id), losing[-1])
    changed.remove(spared)
    outcomes[Outcome.LAST].append(spared)


def _what_changed(seen: int, now: int) -> str:
    if seen == now:
        return "Other users are selected now than when you looked. Nothing was changed."
    return f"{now:,} users are selected now; {seen:,} were when you looked. Nothing was changed."


def _carry_out(session: DbSession, plan: Plan) -> None:
    for part in _parts(sorted(person.id for person in plan.changed)):
        if plan.action is BulkAction.ASSIGN:
            _assign(session, plan.role, part)
        elif plan.action is BulkAction.UNASSIGN:
            _unassign(session, plan.role, part)
        else:
            _set_active(session, part, is_active=plan.action is BulkAction.ACTIVATE)


def _assign(session: DbSession, role: str, ids: Sequence[int]) -> None:
    pairs = select(User.id, _id_of(role)).where(User.id.in_(ids))
    session.execute(insert(user_roles).from_select(["user_id", "role_id"], pairs))


def _unassign(session: DbSession, role: str, ids: Sequence[int]) -> None:
    held = user_roles.c.user_id.in_(ids) & (user_roles.c.role_id == _id_of(role))
    session.execute(delete(user_roles).where(held))


def _id_of(role: str) -> ScalarSelect[int]:
    return select(Role.id).where(Role.name == role).scalar_subquery()


def _set_active(session: DbSession, ids: Sequence[int], *, is_active: bool) -> None:
    session.execute(
        update(User)
        .where(User.id.in_(ids))
        .values(is_active=is_active)
        .execution_options(synchronize_session=False)
    )
    if not is_active:
        sessions.end_all(session, *ids)


def _target(person: Person) -> Target:
    return Target("user", person.username, person.id)


def _change(plan: Plan) -> Change:
    match plan.action:
        case BulkAction.ASSIGN:
            return Change("role:assigned", after={"role": plan.role})
        case BulkAction.UNASSIGN:
            return Change("role:unassigned", before={"role": plan.role})
        case BulkAction.ACTIVATE:
            return Change("user:activated", {"is_active": False}, {"is_active": True})
        case BulkAction.DEACTIVATE:
            return Change("user:deactivated", {"is_active": True}, {"is_active": False})


_IS_ALREADY: dict[BulkAction, Callable[[Person, _Standing], bool]] = {
    BulkAction.ASSIGN: lambda person, standing: standing.holds_role(person),
    BulkAction.UNASSIGN: lambda person, standing: not standing.holds_role(person),
    BulkAction.ACTIVATE: lambda person, _: person.is_active,
    BulkAction.DEACTIVATE: lambda person, _: not person.is_active,
}
