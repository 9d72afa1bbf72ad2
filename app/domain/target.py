"""What a change is made to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What a change was done to: ``type`` is setting, user, role, list, page or session."""

    type: str
    name: str
    id: int | None = None
