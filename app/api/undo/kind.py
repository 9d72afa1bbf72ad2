"""The kinds of saves that are undone: of settings, of users and of roles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.endpoint import Answer
from app.domain import audit, etags
from app.domain.audit import Change, LeftOut
from app.domain.permissions import PermissionCode
from app.models import DbSession


@dataclass(frozen=True)
class Undo:
    """The effect that undoing a save would have.

    Attributes:
        target_type: The type of the targets: ``setting``, ``user`` or ``role``. The members of a
            role that is restored are users.
        changes: The names of the targets, with the changes that would be recorded.
        left_out: The parts that have changed since, and stay as they are.
        reviewed: The content of the review; see `reviews.hold`.
    """

    target_type: str
    changes: Sequence[tuple[str, Change]]
    left_out: Sequence[LeftOut] = ()
    reviewed: str = ""

    @property
    def answer(self) -> Answer:
        """The answer that shows it."""
        items: list[dict[str, Any]] = [
            {
                "action": change.action,
                "target_type": "user" if change.action in audit.OF_ROLES else self.target_type,
                "target_name": name,
                "before": change.before,
                "after": change.after,
            }
            for name, change in self.changes
        ]
        content = {"items": items, "left_out": [row._asdict() for row in self.left_out]}
        return Answer(content, etags.of([content, self.reviewed]))


@dataclass(frozen=True)
class Kind:
    """A kind of saves.

    Attributes:
        read: The permission to look at the targets.
        needs: The permissions of which one is needed to undo such a save.
        lock: Takes the lock of such changes; the first statement of its transaction.
        review: Returns what undoing would do, by the event.
        undo: Undoes the save, by the event and the confirmation.
    """

    read: PermissionCode
    needs: Sequence[PermissionCode]
    lock: Callable[[DbSession], object]
    review: Callable[..., Undo]
    undo: Callable[..., object]
