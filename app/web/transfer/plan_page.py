"""A plan as pages show it: a card for each outcome, with the lines in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.phrases import counted, shortlist
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.transfer import ImportPlan, Part
from app.domain.visible import brief, pair

SHOWN, NAMED, LONGEST = 200, 12, 60
SHOWN_HERE = 50
NOUNS = {
    Part.SETTINGS: "Setting",
    Part.RULES: "Rule of",
    Part.RELATIONS: "Relation",
    Part.CATEGORIES: "Category",
    Part.ROLES: "Role",
    Part.ASSIGNMENTS: "Roles of",
}
TITLES = {
    PlanOutcome.ADD: "To be added",
    PlanOutcome.CHANGE: "To be changed",
    PlanOutcome.REFUSED: "Refused",
}
COMPARED = TITLES | {
    PlanOutcome.ADD: "Only in the file",
    PlanOutcome.CHANGE: "Different",
    PlanOutcome.REFUSED: "Different, and cannot be imported",
    PlanOutcome.ONLY_HERE: "Only in this console",
}


class ShownLine(NamedTuple):
    """A line of a plan in words; before and after are None where it is about no value."""

    noun: str
    name: str
    delta: tuple[str | None, str | None] | None
    gained: list[str]
    lost: list[str]
    reason: str


@dataclass(frozen=True)
class OutcomeCard:
    """The lines with one outcome.

    Attributes:
        outcome: The outcome.
        title: The heading.
        count: The number of lines.
        lines: The first lines.
    """

    outcome: PlanOutcome
    title: str
    count: int
    lines: Sequence[ShownLine]

    @property
    def others(self) -> int:
        """The number of lines that are not shown."""
        return self.count - len(self.lines)


def cards(plan: ImportPlan, *, is_compared: bool = False) -> list[OutcomeCard]:
    """Return a card for each outcome that the plan has."""
    titles = COMPARED if is_compared else TITLES
    found = [(outcome, title, plan.of(outcome)) for outcome, title in titles.items()]
    return [
        OutcomeCard(outcome, title, len(lines), [_shown(*each) for each in lines[: _most(outcome)]])
        for outcome, title, lines in found
        if lines
    ]


def in_brief(plan: ImportPlan) -> str:
    """Return the result of an import as a sentence."""
    if not plan.saved:
        return "Nothing was changed."
    added, changed, refused = (
        len(plan.of(outcome))
        for outcome in (PlanOutcome.ADD, PlanOutcome.CHANGE, PlanOutcome.REFUSED)
    )
    left = f" {counted(refused, 'was', 'were')} refused." if refused else ""
    return f"Imported: {added:,} added, {changed:,} changed.{left}"


def _most(outcome: PlanOutcome) -> int:
    return SHOWN_HERE if outcome is PlanOutcome.ONLY_HERE else SHOWN


def _shown(part: Part, line: PlanLine) -> ShownLine:
    return ShownLine(
        NOUNS[part],
        line.name,
        _delta(part, line),
        shortlist(line.gained, NAMED),
        shortlist(line.lost, NAMED),
        line.reason,
    )


def _delta(part: Part, line: PlanLine) -> tuple[str | None, str | None] | None:
    if not line.is_saved or (part.is_access and line.before == line.after):
        return None
    if line.before and line.after:
        return pair(line.before, line.after, LONGEST)
    return _side(line.before), _side(line.after)


def _side(text: str | None) -> str | None:
    return brief(text, LONGEST) if text else text
