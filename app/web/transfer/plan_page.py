"""A plan as pages show it: a card for each outcome, with the lines in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.phrases import counted
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.transfer import ImportPlan, Part
from app.domain.visible import brief, pair

SHOWN, LONGEST = 200, 60
SHOWN_HERE = 50
Sides = tuple[str | None, str | None]
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
    """A line of a plan in words.

    Attributes:
        noun: The kind of the thing.
        name: Its name.
        delta: Before and after on one line each; None where the line is about no value.
        whole: Both in full, where the line has cut one of them.
        gained: The permissions or roles that are added.
        lost: The permissions or roles that are removed.
        reason: The reason of a refusal, or a remark.
    """

    noun: str
    name: str
    delta: Sides | None
    whole: Sides | None
    gained: Sequence[str]
    lost: Sequence[str]
    reason: str


@dataclass(frozen=True)
class OutcomeCard:
    """The lines with one outcome.

    Attributes:
        outcome: The outcome.
        title: The heading.
        lines: The lines.
    """

    outcome: PlanOutcome
    title: str
    lines: Sequence[ShownLine]

    @property
    def count(self) -> int:
        """The number of lines."""
        return len(self.lines)

    @property
    def first(self) -> Sequence[ShownLine]:
        """The lines that are shown at once."""
        return self.lines[: self._most]

    @property
    def others(self) -> Sequence[ShownLine]:
        """The lines that are folded away."""
        return self.lines[self._most :]

    @property
    def _most(self) -> int:
        return SHOWN_HERE if self.outcome is PlanOutcome.ONLY_HERE else SHOWN


def cards(plan: ImportPlan, *, is_compared: bool = False) -> list[OutcomeCard]:
    """Return a card for each outcome that the plan has."""
    titles = COMPARED if is_compared else TITLES
    found = [(outcome, title, plan.of(outcome)) for outcome, title in titles.items()]
    return [
        OutcomeCard(outcome, title, [_shown(*each) for each in lines])
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


def _shown(part: Part, line: PlanLine) -> ShownLine:
    delta = _delta(part, line)
    whole = line.before, line.after
    is_cut = delta is not None and delta != whole
    return ShownLine(
        NOUNS[part],
        line.name,
        delta,
        whole if is_cut else None,
        line.gained,
        line.lost,
        line.reason,
    )


def _delta(part: Part, line: PlanLine) -> Sides | None:
    if not line.is_saved or (part.is_access and line.before == line.after):
        return None
    if line.before and line.after:
        return pair(line.before, line.after, LONGEST)
    return _side(line.before), _side(line.after)


def _side(text: str | None) -> str | None:
    return brief(text, LONGEST) if text else text
