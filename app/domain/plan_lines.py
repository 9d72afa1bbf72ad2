"""Lines of a plan: what an import would do with each thing that a file names."""

from enum import StrEnum
from typing import NamedTuple


class PlanOutcome(StrEnum):
    """The outcome of a plan for one thing."""

    ADD = "add"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    ONLY_HERE = "only here"


class PlanLine(NamedTuple):
    """The outcome for a setting, a role or a user.

    Attributes:
        name: Its name.
        outcome: The outcome.
        before: The value or the description before.
        after: The value or the description afterwards.
        gained: The permissions or roles that are added.
        lost: The permissions or roles that are removed.
        reason: The reason of a refusal, or a remark.
    """

    name: str
    outcome: PlanOutcome
    before: str | None = None
    after: str | None = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_saved(self) -> bool:
        """Tell whether an import changes anything for it."""
        return self.outcome in {PlanOutcome.ADD, PlanOutcome.CHANGE}

    @property
    def is_difference(self) -> bool:
        """Tell whether the file and what is stored differ."""
        return self.outcome is not PlanOutcome.UNCHANGED
