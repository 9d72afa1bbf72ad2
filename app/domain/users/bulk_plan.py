"""The plan of a change of many users: who is selected, and what becomes of each of them.

The statements are as many for one user as for a thousand: people are read and judged in chunks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, select

from app.domain import access, etags, roles
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.users import listing
from app.domain.users.listing import UserFilter
from app.models import DbSession, Role, User, user_roles
from app.models.base import HIGHEST_ID
from app.models.user import ADMIN

MOST = 10_000
CHUNK = 1_000

People = Select[int, str, str | None, bool]

PEOPLE: People = select(User.id, User.username, User.full_name, User.is_active)


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


class BulkOutcome(StrEnum):
    """What becomes of a person."""

    CHANGED = "changed"
    ALREADY = "already"
    BEYOND = "beyond"
    LAST = "last"


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
class BulkPerson:
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
class BulkPlan:
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
    outcomes: Mapping[BulkOutcome, Sequence[BulkPerson]]
    etag: str
    count: int

    @property
    def changed(self) -> Sequence[BulkPerson]:
        """Those to whom something is done."""
        return self.outcomes[BulkOutcome.CHANGED]

    @property
    def skipped(self) -> list[tuple[BulkOutcome, Sequence[BulkPerson]]]:
        """Those who are left as they are, by the reason for it."""
        left = (outcome for outcome in BulkOutcome if outcome is not BulkOutcome.CHANGED)
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

    def is_beyond(self, person: BulkPerson) -> bool:
        return any((person.id, role_id) in self.held for role_id in self.beyond)

    def is_already(self, person: BulkPerson, action: BulkAction) -> bool:
        holds_role = (person.id, self.role_id) in self.held
        match action:
            case BulkAction.ASSIGN:
                return holds_role
            case BulkAction.UNASSIGN:
                return not holds_role
            case BulkAction.ACTIVATE:
                return person.is_active
            case BulkAction.DEACTIVATE:
                return not person.is_active


def plan_of(session: DbSession, edit: BulkEdit, people: People, *, actor: Actor) -> BulkPlan:
    """Decide person by person what is done.

    Args:
        session: The database session.
        edit: What to do to whom.
        people: `PEOPLE`, which locks them where they are going to be changed.
        actor: The person or command who wants it done.

    Raises:
        BeyondOwnPermissions: The actor may not do it, or the role grants what they do not hold.
        NotFound: There is no such role.
        InvalidValue: Nobody is selected, or too many are.
    """
    own = access.require(session, actor, edit.action.needs)
    role = _role(session, edit, own)
    ids = _selected(session, edit.selection)
    found = _read(session, people, ids)
    outcomes = _judged(found, edit.action, _standing(session, ids, role, actor))
    if edit.action is BulkAction.DEACTIVATE or (
        edit.action is BulkAction.UNASSIGN and role and role.name == ADMIN
    ):
        _spare_the_last(session, outcomes, actor)
    return BulkPlan(
        action=edit.action,
        role=role.name if role else "",
        codes=tuple(permission.code for permission in role.permissions) if role else (),
        outcomes=outcomes,
        etag=etags.of(sorted(person.id for person in found)),
        count=len(found),
    )


def _role(session: DbSession, edit: BulkEdit, own: PermissionSet) -> Role | None:
    if not edit.action.takes_role:
        return None
    if not edit.role:
        raise InvalidValue("Choose the role first.")
    role = roles.named(session, edit.role)
    if edit.action is BulkAction.ASSIGN:
        access.refuse_escalation(session, own, None, [role])
    return role


def _selected(session: DbSession, selection: Selection) -> Sequence[int]:
    query = select(User.id)
    if selection.wanted is None:
        possible = [number for number in selection.user_ids if 0 < number <= HIGHEST_ID]
        query = query.where(User.id.in_(possible[: MOST + 1]))
    else:
        names = listing.names_of(session, selection.wanted)
        query = listing.matching(query, selection.wanted, names)
    ids = session.scalars(query.limit(MOST + 1)).all()
    if not ids:
        raise InvalidValue("Nobody is selected. Tick somebody, or choose all that match.")
    if len(ids) > MOST:
        raise InvalidValue(
            f"More than {MOST:,} users match, and no more than that are changed at once. "
            "Narrow the filter."
        )
    return sorted(ids)


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Return the ids in chunks, each for one statement."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _read(session: DbSession, people: People, ids: Sequence[int]) -> list[BulkPerson]:
    # In the order of their ids, so that two programs that lock several never wait for each other.
    queries = (people.where(User.id.in_(part)).order_by(User.id) for part in parts(ids))
    found = [BulkPerson(*row) for query in queries for row in session.execute(query)]
    return sorted(found, key=lambda person: (person.username, person.id))


def _standing(session: DbSession, ids: Sequence[int], role: Role | None, actor: Actor) -> _Standing:
    every = access.assignable_roles(session, actor)
    beyond = frozenset(one.id for one in every if one.is_beyond)
    admin = {one.id for one in every if one.name == ADMIN}
    matter = beyond | admin | ({role.id} if role else set())
    held: set[tuple[int, int]] = set()
    for part in parts(ids):
        query = select(user_roles.c.user_id, user_roles.c.role_id).where(
            user_roles.c.user_id.in_(part), user_roles.c.role_id.in_(matter)
        )
        held.update((row.user_id, row.role_id) for row in session.execute(query))
    return _Standing(frozenset(held), beyond, role.id if role else 0)


def _judged(
    people: Sequence[BulkPerson], action: BulkAction, standing: _Standing
) -> dict[BulkOutcome, list[BulkPerson]]:
    outcomes: dict[BulkOutcome, list[BulkPerson]] = {outcome: [] for outcome in BulkOutcome}
    for person in people:
        if standing.is_already(person, action):
            outcomes[BulkOutcome.ALREADY].append(person)
        elif standing.is_beyond(person):
            outcomes[BulkOutcome.BEYOND].append(person)
        else:
            outcomes[BulkOutcome.CHANGED].append(person)
    return outcomes


def _spare_the_last(
    session: DbSession, outcomes: dict[BulkOutcome, list[BulkPerson]], actor: Actor
) -> None:
    administrators = access.administrators(session)
    changed = outcomes[BulkOutcome.CHANGED]
    losing = [person for person in changed if person.id in administrators]
    if not losing or len(losing) < len(administrators):
        return
    # Whoever makes the change rather than another, so that they can take it back.
    spared = next((person for person in losing if person.id == actor.id), losing[-1])
    changed.remove(spared)
    outcomes[BulkOutcome.LAST].append(spared)
