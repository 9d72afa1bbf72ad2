"""Edits of relations as typed, and their reviews."""

from dataclasses import dataclass
from typing import Any

from app.domain.errors import ChangedMeanwhile
from app.domain.reviews import ReviewContent
from app.domain.settings.value_rules.editing.present_values import RelationKeys
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import RuleSeverity


class RelationChangedMeanwhile(ChangedMeanwhile):
    """The relation has changed since it was shown, or was removed."""

    def __init__(self) -> None:
        super().__init__("The relation was changed while you were editing it.")


@dataclass(frozen=True)
class RelationEdit:
    """A relation as typed.

    Attributes:
        expression: Its text, such as "chunk_overlap < chunk_size".
        severity: "refuse" or "warn".
        message: The sentence for values that break it; "" for the console's own.
        etag: The etag of the relation that it was typed against; "" for a new one.
        reason: The actor's reason.
        reviewed: What the review showed; None for a command.
    """

    expression: str
    severity: str = RuleSeverity.REFUSE
    message: str = ""
    etag: str = ""
    reason: str = ""
    reviewed: str | None = None


@dataclass(frozen=True)
class RelationReview:
    """A relation before and after an edit, and what present values say to the new one.

    Attributes:
        needing_reason: The settings it compares, before or after, that need a reason for a change.
    """

    before: Relation | None
    after: Relation
    found: RelationKeys
    needing_reason: list[str]

    @property
    def is_empty(self) -> bool:
        """Tell whether the edit changes nothing."""
        return self.before == self.after

    @property
    def content(self) -> ReviewContent:
        """The content of the page of the review."""
        broken = [[one.key, one.value, one.sentence] for one in self.found.broken]
        sides = [relation and relation_fields(relation) for relation in (self.before, self.after)]
        return ReviewContent([sides, broken, *self.found[1:]], {})


def relation_fields(stored: Relation) -> dict[str, Any]:
    """Return the columns of a relation, as they are stored and recorded."""
    return {
        "expression": stored.expression,
        "severity": str(RuleSeverity.WARN if stored.is_warning else RuleSeverity.REFUSE),
        "message": stored.message or None,
    }
