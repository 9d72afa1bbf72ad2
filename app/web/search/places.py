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
    """

    label: str
    icon: str
    endpoint: str
    needs: tuple[PermissionCode, ...] = ()
    also: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """Its URL."""
        return queried(self.endpoint, **dict(self.query))

    def has(self, wanted: list[str]) -> bool:
        """Tell whether each of the words begins a word of its name, or another word for it."""
        own = words.words(f"{self.label} {self.also}")
        return all(any(word.startswith(text) for word in own) for text in wanted)


SHORTEST = 2
_CAN = PermissionCode
PLACES = (
    Place("Overview", "home", "home.overview", also="start home page"),
    Place("Settings", "sliders", "settings.index", (_CAN.SETTINGS_READ,), "list page"),
    Place(
        "Edit all settings",
        "pen",
        "settings.index",
        (_CAN.SETTINGS_READ, _CAN.SETTINGS_UPDATE),
        "change many",
        (("edit", "all"),),
    ),
    Place(
        "Add setting",
        "plus",
        "settings.new",
        (_CAN.SETTINGS_CREATE,),
        "new create",
    ),
    Place("Users", "users", "users.index", (_CAN.USER_READ,), "list people page"),
    Place("Add user", "plus", "users.new", (_CAN.USER_CREATE,), "new create invite person"),
    Place(
        "Choose users by list",
        "list",
        "users.choose",
        (_CAN.USER_READ, _CAN.ROLE_ASSIGN),
        "paste names bulk many",
    ),
    Place("Export users", "download", "users.export", (_CAN.USER_READ,), "csv download"),
    Place("Roles & permissions", "shield", "roles.index", (_CAN.ROLE_READ,), "and matrix page"),
    Place("Add role", "plus", "roles.new", (_CAN.ROLE_CREATE,), "new create"),
    Place("Compare roles", "shield", "roles.compare", (_CAN.ROLE_READ,), "difference"),
    Place(
        "Export roles",
        "download",
        "roles.export",
        (_CAN.ROLE_READ,),
        "csv download matrix permissions",
    ),
    Place("Audit log", "history", "audit.index", (_CAN.AUDIT_READ,), "changes history page"),
    Place("Your account", "user", "account.show", also="profile page"),
    Place("Change password", "key", "account.password", also="your"),
    Place("Dark theme", "moon", "account.theme", also="colours mode appearance"),
    Place("Light theme", "sun", "account.theme", also="colours mode appearance"),
    Place("Time zone", "globe", "account.zone", also="clock utc"),
    Place("Keyboard", "info", "help.keys", also="shortcuts keys help"),
    Place("Sign out", "out", "auth.logout", also="log leave end session"),
)


def named(text: str) -> list[Place]:
    """Return the places that a text names by at least two letters, and that the person may open."""
    wanted = words.words(text)
    if sum(map(len, wanted)) < SHORTEST:
        return []
    return [place for place in PLACES if place.has(wanted) and all(map(g.me.can, place.needs))]
