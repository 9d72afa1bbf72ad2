"""Whether each step of an undo can be taken: as it stands, and by the rules for the actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import select

from app.domain import access, roles
from app.domain.access import LastAdministrator, PermissionSet
from app.domain.actor import Actor
from app.domain.audit import GONE, LeftOut
from app.domain.errors import BeyondOwnPermissions, RuleError
from app.domain.roles import Matrix, MatrixRole
from app.domain.users.bulk_edit import BulkAction
from app.domain.users.bulk_plan import BulkPerson, chunks
from app.domain.users.undo.steps import SaveToUndo, UndoStep
from app.models import DbSession, user_roles

SINCE = {
    BulkAction.ASSIGN: "Has been assigned again",
    BulkAction.UNASSIGN: "Has been removed since",
    BulkAction.ACTIVATE: "Has been activated since",
    BulkAction.DEACTIVATE: "Has been deactivated since",
}


@dataclass
class Judge:
    """The state that steps are held against, and what it says to them.

    Attributes:
        people: The users of the save who still exist, by their ids.
        own: The permissions of the actor.
        matrix: All roles with their permissions.
        held: The roles of each user.
        taken: The steps that can be taken.
        left_out: The others, each with its name and the reason.
        refusals: The refusals of the actor among them.
    """

    people: Mapping[int, BulkPerson]
    own: PermissionSet
    matrix: Matrix
    held: Mapping[int, frozenset[int]]
    taken: list[UndoStep] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    refusals: list[RuleError] = field(default_factory=list)

    @cached_property
    def granted(self) -> dict[int, frozenset[str]]:
        """The codes that each role grants in effect."""
        return self.matrix.granted

    def judge(self, save: SaveToUndo) -> None:
        """Hold all steps of a save against the state."""
        is_of_one, is_of_one_kind = len(save.user_ids) == 1, len(save.kinds) == 1
        gone: dict[str, str] = {}
        for step in save.steps:
            person = self.people.get(step.user_id)
            if person is None or step.is_gone:
                name = step.role_name if person else step.username
                gone[name] = save.why_gone(name) if person else GONE
                continue
            name = _name(step, person, is_of_one=is_of_one, is_of_one_kind=is_of_one_kind)
            if not self._still_stands(step, person):
                self.left_out.append(LeftOut(name, SINCE[step.action]))
            elif refusal := self._refusal(step, person):
                self.leave_out(name, refusal)
            else:
                self.taken.append(step)
        self.left_out += [LeftOut(*part) for part in sorted(gone.items())]

    def leave_out(self, name: str, refusal: RuleError) -> None:
        """Leave a step out that a rule refuses."""
        self.left_out.append(LeftOut(name, str(refusal)))
        self.refusals.append(refusal)

    def exceeds_actor(self, role: MatrixRole) -> bool:
        """Tell whether a role grants permissions that the actor does not have."""
        return not self.own.includes(PermissionSet(role.codes, is_all=role.grants_all))

    def _still_stands(self, step: UndoStep, person: BulkPerson) -> bool:
        if step.role is None:
            return person.is_active == (step.action is BulkAction.DEACTIVATE)
        has_role = step.role.id in self.held[person.id]
        return has_role == (step.action is BulkAction.UNASSIGN)

    def _refusal(self, step: UndoStep, person: BulkPerson) -> RuleError | None:
        code = step.action.needs
        if not self.own.includes(PermissionSet(frozenset({code}))):
            return BeyondOwnPermissions(f"You need the permission {code} for this.")
        if any(self.exceeds_actor(self.matrix.by_id[role_id]) for role_id in self.held[person.id]):
            return BeyondOwnPermissions(
                f"{person.username} has permissions that you do not have, "
                "so you cannot change them."
            )
        if step.action is BulkAction.ASSIGN and step.role and self.exceeds_actor(step.role):
            return BeyondOwnPermissions(
                f"The role {step.role.name} grants permissions that you do not have."
            )
        return None


def judged(
    session: DbSession, save: SaveToUndo, people: Sequence[BulkPerson], actor: Actor
) -> Judge:
    """Return which steps of a save can be taken, in a fixed number of statements.

    Args:
        session: The database session; it only reads.
        save: The save.
        people: Those of its users who still exist.
        actor: The person or command who undoes it.
    """
    judge = Judge(
        {person.id: person for person in people},
        access.own_permissions(session, actor),
        roles.read_matrix(session),
        _held(session, [person.id for person in people]),
    )
    judge.judge(save)
    _spare_last_administrator(session, judge, actor)
    return judge


def _name(step: UndoStep, person: BulkPerson, *, is_of_one: bool, is_of_one_kind: bool) -> str:
    """Return the part of a save that a step is: a role, a user, or a role of a user."""
    if step.role is None or (is_of_one_kind and not is_of_one):
        return person.username
    return step.role.name if is_of_one else f"{step.role.name} of {person.username}"


def _held(session: DbSession, user_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    held: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    query = select(user_roles.c.user_id, user_roles.c.role_id)
    for chunk in chunks(user_ids):
        for row in session.execute(query.where(user_roles.c.user_id.in_(chunk))):
            held[row.user_id].add(row.role_id)
    return {user_id: frozenset(role_ids) for user_id, role_ids in held.items()}


def _spare_last_administrator(session: DbSession, judge: Judge, actor: Actor) -> None:
    losing = [step for step in judge.taken if _takes_administration(step)]
    if not losing:
        return
    administrators = access.administrators(session)
    ids = {step.user_id for step in losing} & administrators
    if not ids or administrators - ids:
        return
    # The actor rather than another, so that they can undo the change.
    spared = actor.id if actor.id in ids else max(ids)
    for step in losing:
        if step.user_id == spared:
            judge.taken.remove(step)
            name = judge.people[step.user_id].username
            sentence = f"{name} is the last administrator. Make somebody else one first."
            judge.leave_out(name, LastAdministrator(sentence))


def _takes_administration(step: UndoStep) -> bool:
    if step.role is None:
        return step.action is BulkAction.DEACTIVATE
    return step.action is BulkAction.UNASSIGN and step.role.grants_all
