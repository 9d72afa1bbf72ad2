"""The plan of an import: the outcome for each thing of a transfer file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from app.domain import roles, settings, users
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.permissions import PermissionCode
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.reviews import ReviewContent
from app.domain.roles import RolesPlan, WantedRole
from app.domain.settings import SettingsPlan, WantedSetting, wanted
from app.domain.settings.wanted import RulesPlan, WantedRules
from app.domain.transfer.import_impact import ImportImpact, impact_of
from app.domain.transfer.transfer_file import Part, SettingEntry, TransferFile
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
        of_rules: The plan of its rules, relations and categories.
        impact: The users whose permissions change.
    """

    file: TransferFile
    settings: SettingsPlan | None = None
    roles: RolesPlan | None = None
    assignments: AssignmentsPlan | None = None
    of_rules: RulesPlan | None = None
    impact: ImportImpact = field(default_factory=ImportImpact)

    @cached_property
    def lines(self) -> Sequence[tuple[Part, PlanLine]]:
        """All outcomes, each with its part: by part and name."""
        return [
            (part, line)
            for part in self.file.parts
            for line in sorted(self._lines_of(part), key=lambda line: line.name)
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
    def drift(self) -> list[tuple[Part, PlanLine]]:
        """The differences without what only the database has, which no import takes away."""
        return [pair for pair in self.differences if pair[1].outcome is not PlanOutcome.ONLY_HERE]

    @property
    def content(self) -> ReviewContent:
        """The content of the review: all that would be saved, and the users whom it affects."""
        lines = [[part.value, *line] for part, line in self.saved]
        return ReviewContent(lines, self.impact.reviewed)

    @property
    def changes_access(self) -> bool:
        """Tell whether roles or assignments are added or changed."""
        return any(part.is_access for part, _ in self.saved)

    @property
    def accepted(self) -> TransferFile:
        """The file without the settings that are refused."""
        lines = self.of(PlanOutcome.REFUSED)
        return self.file.without({line.name for part, line in lines if part is Part.SETTINGS})

    def _lines_of(self, part: Part) -> Sequence[PlanLine]:
        plan: Any = getattr(self.of_rules if part.is_rule else self, part.value)
        lines: Sequence[PlanLine] = plan.lines
        return lines


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
    plan = _settings_and_rules(session, edit, own, locks=locks)
    if file.roles is None and file.assignments is None:
        return plan
    in_file = [WantedRole(one.name, one.codes, one.description) for one in file.roles or ()]
    of_roles = roles.plan_wanted(session, in_file, own)
    if file.roles is not None:
        plan = replace(plan, roles=of_roles)
    if file.assignments is not None:
        people = [WantedRoles(one.username, one.roles) for one in file.assignments]
        assigned = users.plan_wanted(session, people, of_roles.granted, own, actor=actor)
        plan = replace(plan, assignments=assigned)
    return replace(plan, impact=impact_of(session, of_roles, plan.assignments))


def _settings_and_rules(
    session: DbSession, edit: ImportEdit, own: PermissionSet, *, locks: bool
) -> ImportPlan:
    """Return the plan of the settings, which are held to the rules of the same file."""

    def may(code: PermissionCode) -> bool:
        return own.includes(PermissionSet(frozenset({code})))

    file, of_rules, of_settings, held_to = edit.file, None, None, None
    if any(part.is_rule for part in file.parts):
        categories = {one.category or "" for one in file.settings or ()}
        found = WantedRules(file.rules, file.relations, file.categories, categories)
        of_rules = wanted.plan_rules(session, found, may)
        held_to = of_rules.after
    if file.settings is not None:
        of_settings = settings.plan_wanted(
            session,
            [_wanted(one) for one in file.settings],
            may,
            anyway=edit.anyway,
            locks=locks,
            held_to=held_to,
        )
    if of_rules is not None:
        wanted.finish_rules(of_rules, of_settings)
    return ImportPlan(file, of_settings, of_rules=of_rules)


def _wanted(entry: SettingEntry) -> WantedSetting:
    return WantedSetting(
        key=entry.key,
        text=entry.value,
        has_value=entry.has_value,
        data_type=entry.data_type,
        category=entry.category,
        description=entry.description,
        is_mutable=entry.is_mutable,
        is_secret=entry.is_secret,
    )
