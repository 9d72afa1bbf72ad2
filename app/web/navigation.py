"""The way around: only to what the person may open."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, g, request, url_for

from app.domain.permissions import PermissionCode
from app.domain.phrases import listed


@dataclass(frozen=True)
class Entry:
    """One way in the navigation."""

    label: str
    icon: str
    url: str
    is_current: bool


ENTRIES = (
    ("Overview", "home", "home.overview", None),
    ("Settings", "sliders", "settings.index", PermissionCode.SETTINGS_READ),
    ("Users", "users", "users.index", PermissionCode.USER_READ),
    ("Roles & permissions", "shield", "roles.index", PermissionCode.ROLE_READ),
)


SEARCHABLE = (
    ("settings", PermissionCode.SETTINGS_READ),
    ("users", PermissionCode.USER_READ),
    ("roles", PermissionCode.ROLE_READ),
    ("permissions", PermissionCode.ROLE_READ),
)

# Sections that are reached from another one's pages.
WITHIN = {"permissions": "roles"}


def register(app: Flask) -> None:
    """Give templates ``navigation`` and ``searchable``."""
    app.context_processor(lambda: {"navigation": entries, "searchable": searchable})


def searchable() -> str:
    """Return in words what the person may search; "" where that is nothing."""
    me = g.get("me")
    found = [label for label, code in SEARCHABLE if me and me.can(code)]
    return listed(found, most=len(SEARCHABLE))


def entries() -> Iterator[Entry]:
    """Yield the sections that the person may open."""
    me = g.get("me")
    for label, icon, endpoint, code in ENTRIES:
        if me and (code is None or me.can(code)):
            here = WITHIN.get(request.blueprint or "", request.blueprint)
            is_current = here == endpoint.partition(".")[0]
            yield Entry(label, icon, url_for(endpoint), is_current)
