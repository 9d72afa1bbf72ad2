"""The roles of users as a file wants them: compared, held to every rule, and saved together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, bindparam, delete, insert, select
from sqlalchemy.orm.exc import StaleDataError

from app.domain import access, audit
from app.domain.access import LastAdministrator, PermissionSet
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.users import name_list
from app.domain.users.bulk_plan import chunks
from app.domain.users.held_roles import HeldRoles, held_roles
from app.domain.users.nearest_names import ListedPerson
from app.models import DbSession, Role, User, user_roles
from app.models.spelling import folded
from app.models.user import ADMIN

CHUNK = 1_000
_ASSIGN = insert(user_roles)
_UNASSIGN = delete(user_roles).where(
    user_roles.c.user_id == bindparam("of_user"), user_roles.c.role_id == bindparam("of_role")
)


class WantedRoles(NamedTuple):
    """The names of the roles that a user is to have."""

    username: str
    roles: frozenset[str]


class _Change(NamedTuple):
    """The roles that a user gains and loses."""

    user: HeldRoles
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass
class AssignmentsPlan:
    """The outcome for each user, and what is to be saved."""

    lines: list[PlanLine] = field(default_factory=list)
    changes: list[_Change] = field(default_factory=list)


class _Refused(Exception):
    """The user cannot be changed; the text is the reason."""


@dataclass(frozen=True)
class _Judge:
    """The rules for one user after the other.

    Attributes:
        own: The permissions of the actor.
        granted: The permissions of all roles, by name.
    """

    own: PermissionSet
    granted: Mapping[str, PermissionSet]

    def known(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names as they are stored."""
        by_name = {folded(name): name for name in self.granted}
        unknown = sorted(name for name in names if folded(name) not in by_name)
        if unknown:
            raise _Refused(f"There is no role named {listed(unknown)}.")
        return frozenset(by_name[folded(name)] for name in names)

    def refuse_escalation(self, user: HeldRoles, gained: Sequence[str]) -> None:
        """Refuse what the actor may not do."""
        if not self.own.includes(PermissionSet(frozenset({PermissionCode.ROLE_ASSIGN}))):
            raise _Refused(f"You need the permission {PermissionCode.ROLE_ASSIGN} for this.")
        if any(not self.own.includes(self.granted[name]) for name in user.roles):
            raise _Refused(
                f"{user.username} has permissions that you do not have, so you cannot change them."
            )
        for name in gained:
            if not self.own.includes(self.granted[name]):
                raise _Refused(f"The role {name} grants permissions that you do not have.")


def plan_wanted(
    session: DbSession,
    wanted: Sequence[WantedRoles],
    granted: Mapping[str, PermissionSet],
    own: PermissionSet,
    *,
    actor: Actor,
) -> AssignmentsPlan:
    """Return what an import of these assignments would do.

    Args:
        session: The database session; it only reads.
        wanted: The users of the file.
        granted: The permissions of all roles that there will be, by name.
        own: The permissions of the actor.
        actor: The actor, who stays the last administrator if somebody has to.
    """
    plan = AssignmentsPlan()
    judge = _Judge(own, granted)
    held = {user.id: user for user in held_roles(session)}
    seen: set[int] = set()
    for one, user in _users(session, wanted, held):
        if user is not None:
            seen.add(user.id)
        try:
            plan.lines.append(_compare(plan, judge, one, user))
        except _Refused as refusal:
            plan.lines.append(PlanLine(one.username, PlanOutcome.REFUSED, reason=str(refusal)))
    _spare_last_administrator(session, plan, actor)
    others = sorted(user.username for user in held.values() if user.id not in seen)
    plan.lines += [PlanLine(name, PlanOutcome.ONLY_HERE) for name in others]
    return plan


def save_wanted(session: DbSession, plan: AssignmentsPlan, reason: str, *, actor: Actor) -> None:
    """Save a plan that was made under the guard row, and record each role.

    Raises:
        LastAdministrator: Nobody would be left to administer the console.
        InvalidValue: The reason is too long.
    """
    reason = checked_reason(reason)
    ids = {role.name: role.id for role in session.execute(select(Role.name, Role.id))}
    by_id = {change.user.id: change for change in plan.changes}
    for user_ids in chunks(sorted(by_id)):
        _save(session, [by_id[user_id] for user_id in user_ids], ids, reason, actor)
    takes_admin = any(ADMIN in change.lost for change in plan.changes)
    if takes_admin and not access.is_administrator_left(session):
        raise LastAdministrator("Nobody would be left to administer the console.")


def _users(
    session: DbSession, wanted: Sequence[WantedRoles], held: Mapping[int, HeldRoles]
) -> Iterator[tuple[WantedRoles, HeldRoles | None]]:
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        found = name_list.by_name(session, [one.username for one in chunk])
        for one in chunk:
            people = [
                person
                for person in found.get(one.username, ())
                if folded(person.username) == folded(one.username)
            ]
            person = people[0] if len(people) == 1 else None
            yield one, held.get(person.id, _without_roles(person)) if person else None


def _without_roles(person: ListedPerson) -> HeldRoles:
    return HeldRoles(person.id, person.username, person.is_active, frozenset())


def _compare(
    plan: AssignmentsPlan, judge: _Judge, one: WantedRoles, user: HeldRoles | None
) -> PlanLine:
    if user is None:
        raise _Refused(f"There is no user named {one.username}. Import or create the user first.")
    roles = judge.known(one.roles)
    gained, lost = tuple(sorted(roles - user.roles)), tuple(sorted(user.roles - roles))
    if not gained and not lost:
        return PlanLine(user.username, PlanOutcome.UNCHANGED)
    judge.refuse_escalation(user, gained)
    plan.changes.append(_Change(user, gained, lost))
    return PlanLine(user.username, PlanOutcome.CHANGE, gained=gained, lost=lost)


def _spare_last_administrator(session: DbSession, plan: AssignmentsPlan, actor: Actor) -> None:
    losing = [change for change in plan.changes if ADMIN in change.lost]
    if not losing:
        return
    administrators = access.administrators(session)
    if administrators - {change.user.id for change in losing}:
        return
    losing = [change for change in losing if change.user.id in administrators]
    if not losing:
        return
    spared = next((one for one in losing if one.user.id == actor.id), losing[-1])
    plan.changes.remove(spared)
    name = spared.user.username
    reason = f"{name} is the last administrator. Make somebody else one first."
    plan.lines = [
        PlanLine(name, PlanOutcome.REFUSED, reason=reason) if line.name == name else line
        for line in plan.lines
    ]


def _save(
    session: DbSession,
    changes: Sequence[_Change],
    ids: Mapping[str, int],
    reason: str,
    actor: Actor,
) -> None:
    user_ids = [change.user.id for change in changes]
    session.execute(
        select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update()
    ).all()
    holders = access.holders_of(session, access.ROLES, user_ids)
    access.record_access_from_outside(session, access.ROLES, holders)
    _write(session, changes, ids)
    events = []
    for change in changes:
        target = Target("user", change.user.username, change.user.id)
        gained = (Change("role:assigned", after={"role": name}) for name in change.gained)
        lost = (Change("role:unassigned", before={"role": name}) for name in change.lost)
        events += [(target, each) for each in (*gained, *lost)]
    audit.record_save(session, events, actor=actor, reason=reason)


def _write(session: DbSession, changes: Sequence[_Change], ids: Mapping[str, int]) -> None:
    lost = [
        {"of_user": change.user.id, "of_role": ids[name]}
        for change in changes
        for name in change.lost
    ]
    gained = [
        {"user_id": change.user.id, "role_id": ids[name]}
        for change in changes
        for name in change.gained
    ]
    if lost:
        result = cast(CursorResult[Any], session.connection().execute(_UNASSIGN, lost))
        if result.rowcount != len(lost):
            # Other programs do not wait for the lock. The work is retried with what there is then.
            raise StaleDataError("A role was removed by another program.")
    if gained:
        session.connection().execute(_ASSIGN, gained)
