"""The navigation: links to the sections that the user may open."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, g, request, url_for

from app.domain.permissions import PermissionCode
from app.domain.phrases import listed


@dataclass(frozen=True)
class NavigationEntry:
    """One link of the navigation."""

    label: str
    icon: str
    url: str
    is_current: bool


ENTRIES = (
    ("Overview", "home", "home.overview", None),
    ("Settings", "sliders", "settings.index", PermissionCode.SETTINGS_READ),
    ("Users", "users", "users.index", PermissionCode.USER_READ),
    ("Roles & permissions", "shield", "roles.index", PermissionCode.ROLE_READ),
    ("Audit log", "history", "audit.index", PermissionCode.AUDIT_READ),
)


SEARCHABLE = (
    ("settings", PermissionCode.SETTINGS_READ),
    ("users", PermissionCode.USER_READ),
    ("roles", PermissionCode.ROLE_READ),
    ("permissions", PermissionCode.ROLE_READ),
)

# Sections that belong to another one.
PARENTS = {
    "permissions": "roles",
    "tokens": "users",
    "transfer": "settings",
    "webhooks": "settings",
}


def register(app: Flask) -> None:
    """Give templates ``navigation`` and ``searchable``."""
    app.context_processor(lambda: {"navigation": entries, "searchable": searchable})


def searchable() -> str:
    """Return the kinds of things that the user may search, as one phrase; "" for none."""
    me = g.get("me")
    labels = [label for label, code in SEARCHABLE if me and me.can(code)]
    return listed(labels, most=len(SEARCHABLE))


def entries() -> Iterator[NavigationEntry]:
    """Yield the sections that the user may open."""
    me = g.get("me")
    for label, icon, endpoint, code in ENTRIES:
        if me and (code is None or me.can(code)):
            section = PARENTS.get(request.blueprint or "", request.blueprint)
            is_current = section == endpoint.partition(".")[0]
            yield NavigationEntry(label, icon, url_for(endpoint), is_current)
