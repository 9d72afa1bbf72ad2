"""Roles as a file wants them: compared, held to every rule, and saved together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import insert, select

from app.domain import audit, not_null
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import BeyondOwnPermissions, RuleError
from app.domain.permissions import PermissionCode
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.roles import escalation, grants, names
from app.domain.roles.grant_edit import GrantEdit, GrantsEdit, grants_etag
from app.domain.roles.matrix import Matrix, MatrixRole, read_matrix
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession, Role, forget_leftovers, role_permissions
from app.models.spelling import folded

ALWAYS_ALL = "The role {name} grants every permission, always."
NOT_ALL = "Only the role admin can grant every permission. Name the permissions."


class WantedRole(NamedTuple):
    """A role as a file wants it.

    Attributes:
        name: Its name.
        codes: Its permissions; None for every permission.
        description: Its description; None where the file does not say it.
    """

    name: str
    codes: frozenset[str] | None
    description: str | None = None


class _NewRole(NamedTuple):
    """The columns of a new role, and its permissions."""

    name: str
    description: str | None
    codes: frozenset[str]


@dataclass
class RolesPlan:
    """The outcome for each role, and what is to be saved.

    Attributes:
        matrix: The roles that there are.
        lines: The outcomes.
        added: New roles.
        grants: The permissions of changed roles, by their ids.
        descriptions: New descriptions, by the ids.
    """

    matrix: Matrix
    lines: list[PlanLine] = field(default_factory=list)
    added: list[_NewRole] = field(default_factory=list)
    grants: dict[int, frozenset[str]] = field(default_factory=dict)
    descriptions: dict[int, str | None] = field(default_factory=dict)

    @property
    def granted(self) -> dict[str, PermissionSet]:
        """The permissions of each role after the import, by its name."""
        stored = {
            role.name: PermissionSet(self.grants.get(role.id, role.codes), is_all=role.grants_all)
            for role in self.matrix.roles
        }
        return stored | {role.name: PermissionSet(role.codes) for role in self.added}


class _Refused(Exception):
    """The role cannot be imported; its text is the reason."""


def plan_wanted(session: DbSession, wanted: Sequence[WantedRole], own: PermissionSet) -> RolesPlan:
    """Return what an import of these roles would do.

    Args:
        session: The database session; it only reads.
        wanted: The roles of the file.
        own: The permissions of the actor.
    """
    plan = RolesPlan(read_matrix(session))
    stored = {folded(role.name): role for role in plan.matrix.roles}
    for one in wanted:
        role = stored.get(folded(one.name))
        try:
            line = _compare(plan, role, one, own) if role else _add(plan, one, own)
        except (RuleError, _Refused) as refusal:
            line = PlanLine(one.name, PlanOutcome.REFUSED, reason=str(refusal))
        plan.lines.append(line)
    _refuse_revoking(session, plan, own)
    named = {folded(one.name) for one in wanted}
    others = (role.name for name, role in stored.items() if name not in named)
    plan.lines += [PlanLine(name, PlanOutcome.ONLY_HERE) for name in sorted(others)]
    return plan


def save_wanted(session: DbSession, plan: RolesPlan, reason: str, *, actor: Actor) -> None:
    """Save a plan that was made under the guard row, and record each role.

    Raises:
        RuleError: As `grants.change_grants`; the plan has heeded its rules.
    """
    reason = checked_reason(reason)
    events = [*_described(session, plan), *_created(session, plan)]
    if events:
        audit.record_save(session, events, actor=actor, reason=reason)
    ids = {code: id_ for id_, code in plan.matrix.codes.items()}
    edits = {
        role_id: GrantEdit(
            frozenset(ids[code] for code in codes),
            grants_etag(plan.matrix.by_id[role_id].permission_ids),
        )
        for role_id, codes in plan.grants.items()
    }
    if edits:
        grants.change_grants(session, GrantsEdit(edits, reason), actor=actor)


def _add(plan: RolesPlan, one: WantedRole, own: PermissionSet) -> PlanLine:
    codes = _known(plan, one)
    _require(own, PermissionCode.ROLE_CREATE)
    others = [role.name for role in plan.matrix.roles] + [new.name for new in plan.added]
    name = names.free_among(others, one.name)
    description = names.checked_description(one.description or "")
    escalation.refuse_granting(own, codes, Target("role", name))
    plan.added.append(_NewRole(name, description, codes))
    return PlanLine(name, PlanOutcome.ADD, after=description, gained=tuple(sorted(codes)))


def _compare(plan: RolesPlan, role: MatrixRole, one: WantedRole, own: PermissionSet) -> PlanLine:
    codes = _codes(plan, role, one)
    gained, lost = sorted(codes - role.codes), sorted(role.codes - codes)
    before = description = role.description or None
    if one.description is not None:
        description = names.checked_description(one.description)
    if not gained and not lost and description == before:
        return PlanLine(role.name, PlanOutcome.UNCHANGED)
    _require(own, PermissionCode.ROLE_UPDATE)
    escalation.refuse_changing(own, role)
    escalation.refuse_granting(own, gained, role.target)
    if gained or lost:
        plan.grants[role.id] = codes
    if description == before:
        before = description = None
    else:
        plan.descriptions[role.id] = description
    return PlanLine(role.name, PlanOutcome.CHANGE, before, description, tuple(gained), tuple(lost))


def _codes(plan: RolesPlan, role: MatrixRole, one: WantedRole) -> frozenset[str]:
    if not role.grants_all:
        return _known(plan, one)
    if one.codes is not None:
        raise _Refused(ALWAYS_ALL.format(name=role.name))
    return role.codes


def _known(plan: RolesPlan, one: WantedRole) -> frozenset[str]:
    if one.codes is None:
        raise _Refused(NOT_ALL)
    unknown = sorted(one.codes - {*plan.matrix.codes.values()})
    if unknown:
        raise _Refused(f"There is no permission {', '.join(unknown[:3])}.")
    return one.codes


def _require(own: PermissionSet, code: PermissionCode) -> None:
    if not own.includes(PermissionSet(frozenset({code}))):
        raise _Refused(f"You need the permission {code} for this.")


def _refuse_revoking(session: DbSession, plan: RolesPlan, own: PermissionSet) -> None:
    """Refuse roles that would take permissions from users with more than the actor's."""
    losing = [
        role for role in plan.matrix.roles if role.codes - plan.grants.get(role.id, role.codes)
    ]
    if _revoking_refusal(session, plan, own, losing):
        for role in losing:
            if reason := _revoking_refusal(session, plan, own, [role]):
                plan.grants.pop(role.id)
                plan.descriptions.pop(role.id, None)
                plan.lines = [
                    PlanLine(line.name, PlanOutcome.REFUSED, reason=reason)
                    if line.name == role.name
                    else line
                    for line in plan.lines
                ]


def _revoking_refusal(
    session: DbSession, plan: RolesPlan, own: PermissionSet, losing: Sequence[MatrixRole]
) -> str:
    try:
        escalation.refuse_revoking(session, own, plan.matrix, losing)
    except BeyondOwnPermissions as refusal:
        return str(refusal)
    return ""


def _described(session: DbSession, plan: RolesPlan) -> list[tuple[Target, Change]]:
    if not plan.descriptions:
        return []
    query = select(Role).where(Role.id.in_(plan.descriptions)).order_by(Role.id).with_for_update()
    events = []
    for role in session.scalars(query.execution_options(populate_existing=True)):
        before, after = role.description, plan.descriptions[role.id]
        role.description = after
        change = Change("role:changed", {"description": before}, {"description": after})
        events.append((Target.of_role(role), change))
    session.flush()
    return events


def _created(session: DbSession, plan: RolesPlan) -> list[tuple[Target, Change]]:
    """Add new roles and their permissions, and return what is to be recorded."""
    if not plan.added:
        return []
    connection = session.connection()
    rows = [
        not_null.filled(connection, Role, {"name": new.name, "description": new.description})
        for new in plan.added
    ]
    forget_leftovers(connection, Role)
    connection.execute(insert(Role), rows)
    query = select(Role.name, Role.id).where(Role.name.in_([new.name for new in plan.added]))
    role_ids = {row.name: row.id for row in session.execute(query)}
    ids = {code: id_ for id_, code in plan.matrix.codes.items()}
    granted = [
        {"role_id": role_ids[new.name], "permission_id": ids[code]}
        for new in plan.added
        for code in sorted(new.codes)
    ]
    if granted:
        connection.execute(insert(role_permissions), granted)
    created = [{**new._asdict(), "codes": sorted(new.codes)} for new in plan.added]
    return [
        (Target("role", new["name"], role_ids[new["name"]]), Change("role:created", after=new))
        for new in created
    ]
