"""The filter of settings by their last change, for those who may see the history."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import g, request

from app.domain import settings
from app.domain.permissions import PermissionCode
from app.domain.phrases import iso
from app.domain.settings import LastChange, SettingLine
from app.extensions import db
from app.web import filters

NEEDS = (PermissionCode.SETTINGS_UPDATE, PermissionCode.AUDIT_READ)
ME = "me"
TIMES = [
    ("", "Changed at any time"),
    ("day", "In the last day"),
    ("week", "In the last week"),
    ("month", "In the last month"),
    ("ever", "Show the last change"),
]
ACTORS = [("", "By anybody"), (ME, "By me")]


class ChangeLine(NamedTuple):
    """The last change of a setting, as a row shows it."""

    iso: str
    utc: str
    ago: str
    actor: str


class Recent(NamedTuple):
    """The filter by the last change.

    Attributes:
        changed: The time, as `settings.last_changes` takes it; "" for no filter.
        by: "me" for the person's own changes.
        changes: The last changes by the id of the setting; None for no filter.
    """

    changed: str = ""
    by: str = ""
    changes: Mapping[int, LastChange] | None = None

    @property
    def query(self) -> dict[str, str]:
        """The filter as the query of a URL."""
        return {"changed": self.changed, "by": self.by}

    @property
    def chips(self) -> dict[str, str]:
        """The texts of the filter's active parts."""
        time = dict(TIMES).get(self.changed, "").lower()
        changed = "Any recorded change" if self.changed == "ever" else f"Changed {time}"
        return {"changed": changed, "by": "Changed by me"}

    def passing(self, lines: Sequence[SettingLine]) -> Sequence[SettingLine]:
        """Return the lines of the settings that pass the filter."""
        if self.changes is None:
            return lines
        return [line for line in lines if line.id in self.changes]

    def line(self, setting_id: int) -> ChangeLine | None:
        """Return the last change of a setting, if the list shows it."""
        change = self.changes.get(setting_id) if self.changes else None
        if change is None:
            return None
        at = change.at
        return ChangeLine(iso(at), filters.utc(at), filters.ago(at), change.actor)


EVER = Recent()


def is_offered() -> bool:
    """Tell whether the person may see when settings were changed, and by whom."""
    return any(map(g.me.can, NEEDS))


def of_url() -> Recent:
    """Return the filter of the URL, with the changes that it needs; one statement at most."""
    changed, by = request.args.get("changed", ""), request.args.get("by", "")
    if not is_offered() or not (changed or by == ME):
        return EVER
    actor_id = g.me.id if by == ME else None
    changes = settings.last_changes(db.session, changed or "ever", actor_id)
    return Recent(changed, by if by == ME else "", changes)
