"""Pages and actions that the search box leads to, as far as the person may open them."""

from typing import NamedTuple

from flask import g

from app.domain import words
from app.domain.permissions import PermissionCode
from app.web.urls import queried


class Place(NamedTuple):
    """A page or an action.

    Attributes:
        label: Its name.
        icon: Its icon.
        endpoint: Its page.
        needs: The permissions that it needs.
        also: Other words for it.
        query: The query of its URL.
        any_of: Permissions of which it needs one besides; none for no such condition.
    """

    label: str
    icon: str
    endpoint: str
    needs: tuple[PermissionCode, ...] = ()
    also: str = ""
    query: tuple[tuple[str, str], ...] = ()
    any_of: tuple[PermissionCode, ...] = ()

    @property
    def url(self) -> str:
        """Its URL."""
        return queried(self.endpoint, **dict(self.query))

    @property
    def is_open(self) -> bool:
        """Tell whether the person may open it."""
        is_one_held = not self.any_of or any(map(g.me.can, self.any_of))
        return all(map(g.me.can, self.needs)) and is_one_held

    def has(self, wanted: list[str]) -> bool:
        """Tell whether each of the words begins a word of its name, or another word for it."""
        own = words.words(f"{self.label} {self.also}")
        return all(any(word.startswith(text) for word in own) for text in wanted)


SHORTEST = 2
_CAN = PermissionCode
_HISTORY = (_CAN.SETTINGS_UPDATE, _CAN.AUDIT_READ)
_BULK = (_CAN.ROLE_ASSIGN, _CAN.USER_UPDATE)
_READ = (_CAN.SETTINGS_READ, _CAN.ROLE_READ, _CAN.USER_READ)
_IMPORT = (
    *(_CAN.SETTINGS_UPDATE, _CAN.SETTINGS_CREATE),
    *(_CAN.ROLE_UPDATE, _CAN.ROLE_CREATE, _CAN.ROLE_ASSIGN),
)
_OF_SETTINGS = (
    Place("Settings", "sliders", "settings.index", (_CAN.SETTINGS_READ,), "list page"),
    Place(
        *("Edit all settings", "pen", "settings.index"),
        *((_CAN.SETTINGS_READ, _CAN.SETTINGS_UPDATE), "change many bulk", (("edit", "all"),)),
    ),
    Place("Add setting", "plus", "settings.new", (_CAN.SETTINGS_CREATE,), "new create"),
    Place(
        *("Settings as of a time", "history", "settings.past", (_CAN.SETTINGS_READ,)),
        also="past earlier then restore compare back snapshot",
        any_of=_HISTORY,
    ),
    Place(
        *("Deleted settings", "trash", "settings.deleted", (_CAN.SETTINGS_READ,)),
        also="restore undelete removed",
        any_of=_HISTORY,
    ),
    Place(
        *("Rules for values", "check", "settings.rules", (_CAN.SETTINGS_READ,)),
        also="relations schema limits validation settings",
    ),
    Place(
        *("Export and import", "download", "transfer.index"),
        also="transfer file yaml json settings roles",
        any_of=(*_READ, *_IMPORT, _CAN.USER_CREATE),
    ),
    Place(
        *("Export settings, roles and assignments", "download", "transfer.export"),
        also="file yaml json download",
        any_of=_READ,
    ),
    Place(
        *("Import settings, roles and assignments", "upload", "transfer.import"),
        also="file yaml json upload",
        any_of=_IMPORT,
    ),
    Place(
        *("Compare with a file", "sort", "transfer.compare"),
        also="difference environment settings roles",
        any_of=_READ,
    ),
    Place(
        *("Paste a .env file", "file", "transfer.env", (_CAN.SETTINGS_READ,)),
        also="dotenv import settings environment",
        any_of=(_CAN.SETTINGS_UPDATE, _CAN.SETTINGS_CREATE),
    ),
    Place("Webhooks", "zap", "webhooks.index", (_CAN.AUDIT_READ,), "messages receivers page"),
    Place(
        *("Add webhook", "plus", "webhooks.new", (_CAN.AUDIT_READ, _CAN.SETTINGS_UPDATE)),
        "new create",
    ),
)
_OF_ACCESS = (
    Place("Users", "users", "users.index", (_CAN.USER_READ,), "list people page"),
    Place("Add user", "plus", "users.new", (_CAN.USER_CREATE,), "new create invite person"),
    Place(
        *("Choose users by list", "list", "users.choose", (_CAN.USER_READ,)),
        also="paste names bulk many",
        any_of=_BULK,
    ),
    Place(
        *("Offboard a user", "out", "users.index", (_CAN.USER_READ, _CAN.USER_UPDATE)),
        *("leave leaver deactivate", (("status", "active"),)),
    ),
    Place("Export users", "download", "users.export", (_CAN.USER_READ,), "csv download"),
    Place(
        *("API tokens of all users", "key", "tokens.index", (_CAN.USER_UPDATE,)),
        also="programs service accounts revoke",
    ),
    Place("Import users", "upload", "transfer.users", (_CAN.USER_CREATE,), "csv upload many"),
    Place("Roles & permissions", "shield", "roles.index", (_CAN.ROLE_READ,), "and matrix page"),
    Place("Add role", "plus", "roles.new", (_CAN.ROLE_CREATE,), "new create"),
    Place("Compare roles", "shield", "roles.compare", (_CAN.ROLE_READ,), "difference"),
    Place(
        *("Export roles", "download", "roles.export", (_CAN.ROLE_READ,)),
        "csv download matrix permissions",
    ),
    Place("Audit log", "history", "audit.index", (_CAN.AUDIT_READ,), "changes history page"),
    Place(
        *("Export audit log", "download", "audit.export", (_CAN.AUDIT_READ,)),
        "csv jsonl download events changes",
    ),
)
_OF_ONESELF = (
    Place("Your account", "user", "account.show", also="profile page"),
    Place("Change password", "key", "account.password", also="your"),
    Place("Your sessions", "clock", "account.sessions", also="devices signed in end"),
    Place("API tokens", "key", "account.tokens", also="your program"),
    Place("Second factor", "shield", "account.second_factor", also="two 2fa totp app code"),
    Place("Dark theme", "moon", "account.theme", also="colours mode appearance"),
    Place("Light theme", "sun", "account.theme", also="colours mode appearance"),
    Place("Density", "list", "account.density", also="compact comfortable rows appearance"),
    Place("Time zone", "globe", "account.zone", also="clock utc"),
    Place("Keyboard", "info", "help.keys", also="shortcuts keys help"),
    Place("Single keys on or off", "info", "account.keys", also="keyboard shortcuts"),
    Place("Sign out", "out", "auth.logout", also="log leave end session"),
)
PLACES = (
    Place("Overview", "home", "home.overview", also="start home page"),
    *(*_OF_SETTINGS, *_OF_ACCESS, *_OF_ONESELF),
)


def named(text: str) -> list[Place]:
    """Return the places that a text names by at least two letters, and that the person may open."""
    wanted = words.words(text)
    if sum(map(len, wanted)) < SHORTEST:
        return []
    return [place for place in PLACES if place.has(wanted) and place.is_open]
