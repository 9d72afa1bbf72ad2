"""The plan of an import: the outcome for each thing of a transfer file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.domain import roles, settings, users
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.permissions import PermissionCode
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.reviews import ReviewContent
from app.domain.roles import RolesPlan, WantedRole
from app.domain.settings import SettingsPlan, WantedSetting
from app.domain.transfer.import_impact import ImportImpact, impact_of
from app.domain.transfer.transfer_file import Part, TransferFile
from app.domain.users import AssignmentsPlan, WantedRoles
from app.models import DbSession


@dataclass(frozen=True)
class ImportEdit:
    """A file to import.

    Attributes:
        file: The file.
        reason: The actor's reason.
        anyway: Whether values that a rule warns of are saved.
        reviewed: The reviewed plan; see `reviews.hold`.
    """

    file: TransferFile
    reason: str = ""
    anyway: bool = False
    reviewed: str | None = None


@dataclass(frozen=True)
class ImportPlan:
    """The outcome for each thing that the file names, or that only the database has.

    Attributes:
        file: The file.
        settings: The plan of its settings; None if it has none, as for the other parts.
        roles: The plan of its roles.
        assignments: The plan of its assignments.
        impact: The users whose permissions change.
    """

    file: TransferFile
    settings: SettingsPlan | None = None
    roles: RolesPlan | None = None
    assignments: AssignmentsPlan | None = None
    impact: ImportImpact = field(default_factory=ImportImpact)

    @cached_property
    def lines(self) -> Sequence[tuple[Part, PlanLine]]:
        """All outcomes, each with its part: by part and name."""
        plans = {part: getattr(self, part.value) for part in self.file.parts}
        return [
            (part, line)
            for part, plan in plans.items()
            for line in sorted(plan.lines, key=lambda line: line.name)
        ]

    def of(self, outcome: PlanOutcome) -> list[tuple[Part, PlanLine]]:
        """Return the lines with an outcome."""
        return [(part, line) for part, line in self.lines if line.outcome is outcome]

    @property
    def saved(self) -> list[tuple[Part, PlanLine]]:
        """The lines of what is added or changed."""
        return [(part, line) for part, line in self.lines if line.is_saved]

    @property
    def differences(self) -> list[tuple[Part, PlanLine]]:
        """The lines of everything in which the file and the database differ."""
        return [(part, line) for part, line in self.lines if line.is_difference]

    @property
    def content(self) -> ReviewContent:
        """The content of the review: all that would be saved, and the users whom it affects."""
        lines = [[part.value, *line] for part, line in self.saved]
        return ReviewContent(lines, self.impact.reviewed)

    @property
    def changes_access(self) -> bool:
        """Tell whether roles or assignments are added or changed."""
        return any(part is not Part.SETTINGS for part, _ in self.saved)

    @property
    def accepted(self) -> TransferFile:
        """The file without refused settings: they may hold secrets, which no page repeats."""
        refused = {
            line.name for part, line in self.of(PlanOutcome.REFUSED) if part is Part.SETTINGS
        }
        if self.file.settings is None or not refused:
            return self.file
        kept = [entry for entry in self.file.settings if entry.key not in refused]
        return replace(self.file, settings=kept)


def plan_of(
    session: DbSession, edit: ImportEdit, own: PermissionSet, *, actor: Actor, locks: bool = False
) -> ImportPlan:
    """Return the plan of an import.

    Args:
        session: The database session; it only reads, or locks settings.
        edit: The file.
        own: The permissions that the plan is held to.
        actor: The person or command who imports it.
        locks: Whether the plan is saved in this transaction.
    """
    file = edit.file
    plan = ImportPlan(file)
    if file.settings is not None:
        found = _settings(session, edit, own, locks=locks)
        plan = replace(plan, settings=found)
    if file.roles is None and file.assignments is None:
        return plan
    wanted = [WantedRole(one.name, one.codes, one.description) for one in file.roles or ()]
    of_roles = roles.plan_wanted(session, wanted, own)
    if file.roles is not None:
        plan = replace(plan, roles=of_roles)
    if file.assignments is not None:
        people = [WantedRoles(one.username, one.roles) for one in file.assignments]
        assigned = users.plan_wanted(session, people, of_roles.granted, own, actor=actor)
        plan = replace(plan, assignments=assigned)
    return replace(plan, impact=impact_of(session, of_roles, plan.assignments))


def _settings(
    session: DbSession, edit: ImportEdit, own: PermissionSet, *, locks: bool
) -> SettingsPlan:
    def may(code: PermissionCode) -> bool:
        return own.includes(PermissionSet(frozenset({code})))

    wanted = [
        WantedSetting(
            key=one.key,
            text=one.value,
            has_value=one.has_value,
            data_type=one.data_type,
            category=one.category,
            description=one.description,
            is_mutable=one.is_mutable,
            is_secret=one.is_secret,
        )
        for one in edit.file.settings or ()
    ]
    return settings.plan_wanted(session, wanted, may, anyway=edit.anyway, locks=locks)
