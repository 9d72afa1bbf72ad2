"""The plans of an undo: a change for each role and of accounts, and what users gain and lose."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain import etags, reviews
from app.domain.access import RoleGrants
from app.domain.reviews import ReviewedRows
from app.domain.users.bulk_edit import BulkAction, BulkOutcome
from app.domain.users.bulk_plan import BulkPerson, BulkPlan
from app.domain.users.undo.judging import Judge
from app.domain.users.undo.steps import SaveToUndo, UndoStep
from app.models import Permission, Role


@dataclass(frozen=True)
class AccessEffect:
    """The permissions that users gain and lose by an undo.

    Attributes:
        gained: The codes that they gain.
        lost: The codes that they lose.
        parts: Both, and the roles, as parts of a review.
    """

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    parts: Mapping[str, ReviewedRows]


def plans_of(save: SaveToUndo, judge: Judge) -> list[BulkPlan]:
    """Return a plan for each kind of change, without those that change nobody."""
    by_kind: dict[tuple[BulkAction, str], list[UndoStep]] = {}
    for step in judge.taken:
        by_kind.setdefault((step.action, step.role_name), []).append(step)
    return [_plan(judge, by_kind[kind]) for kind in save.kinds if kind in by_kind]


def effect_of(judge: Judge, plans: Sequence[BulkPlan], person: BulkPerson | None) -> AccessEffect:
    """Return what users gain and lose by the plans.

    Args:
        judge: The state.
        plans: The plans.
        person: The user, if it is one alone: they lose nothing that another role grants.
    """
    before, after = _of_one(judge, plans, person) if person else _of_many(judge, plans)
    ids = {code: id_ for id_, code in judge.matrix.codes.items()}
    gained, lost = sorted(after - before), sorted(before - after)
    role_ids = {role.id for plan in plans for role in plan.granting}
    parts = {
        "roles": reviews.rows_of("Roles", Role, role_ids),
        "gained": reviews.rows_of("Permissions gained", Permission, [ids[one] for one in gained]),
        "lost": reviews.rows_of("Permissions lost", Permission, [ids[one] for one in lost]),
    }
    return AccessEffect(tuple(gained), tuple(lost), parts)


def _plan(judge: Judge, steps: Sequence[UndoStep]) -> BulkPlan:
    people = [judge.people[step.user_id] for step in steps]
    people.sort(key=lambda person: (person.username, person.id))
    action, role = steps[0].action, steps[0].role
    role_ids = [role.id] if role else sorted(_held_by(judge, people))
    by_id = judge.matrix.by_id
    return BulkPlan(
        action=action,
        role=role.name if role else "",
        granting=[RoleGrants(id_, by_id[id_].name, by_id[id_].permission_ids) for id_ in role_ids],
        codes=tuple(sorted(_codes(judge, role_ids))),
        outcomes={**{outcome: [] for outcome in BulkOutcome}, BulkOutcome.CHANGED: people},
        etag=etags.of(sorted(person.id for person in people)),
        count=len(people),
    )


def _of_one(
    judge: Judge, plans: Sequence[BulkPlan], person: BulkPerson
) -> tuple[set[str], set[str]]:
    """Return the permissions of a user before and after; without the account there are none."""
    held = set(judge.held[person.id])
    by_action = {
        action: {role.id for plan in plans if plan.action is action for role in plan.granting}
        for action in BulkAction
    }
    before = _codes(judge, held)
    after = _codes(judge, held - by_action[BulkAction.UNASSIGN] | by_action[BulkAction.ASSIGN])
    actions = {plan.action for plan in plans}
    return (
        set() if BulkAction.ACTIVATE in actions else before,
        set() if BulkAction.DEACTIVATE in actions else after,
    )


def _of_many(judge: Judge, plans: Sequence[BulkPlan]) -> tuple[set[str], set[str]]:
    """Return the permissions by what is taken away, and by what is given."""
    taken, given = set[str](), set[str]()
    for plan in plans:
        side = taken if plan.action.takes_away else given
        side |= _codes(judge, [role.id for role in plan.granting])
    return taken - given, given - taken


def _held_by(judge: Judge, people: Iterable[BulkPerson]) -> frozenset[int]:
    return frozenset().union(*(judge.held[person.id] for person in people))


def _codes(judge: Judge, role_ids: Collection[int]) -> set[str]:
    granted = judge.granted
    return set().union(*(granted[role_id] for role_id in role_ids))
