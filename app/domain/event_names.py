"""The names that people enter into the filter of the audit log, as the record has them.

A name that the record has is taken as it is. Otherwise it is looked up as everywhere else: keys and
names in any case, users also by their email address and their full name.
"""

from dataclasses import replace

from app.domain import audit, search, users
from app.domain.audit import EventFilter
from app.domain.search import Hit, HitKind
from app.models import DbSession
from app.models.spelling import folded

TYPES = {HitKind.SETTING: "setting", HitKind.ROLE: "role"}


def meant(session: DbSession, filters: EventFilter) -> EventFilter:
    """Return the filter with what its names mean."""
    if filters.actor and not audit.has_actor(session, filters.actor):
        filters = _actor(session, filters)
    if filters.target and not audit.has_target(session, filters.target):
        filters = _target(session, filters)
    return filters


def _actor(session: DbSession, filters: EventFilter) -> EventFilter:
    ids = _people(session, filters.actor, _hits(session, filters.actor))
    return replace(filters, actor="", actor_ids=ids) if ids else filters


def _target(session: DbSession, filters: EventFilter) -> EventFilter:
    text = filters.target
    hits = _hits(session, text)
    for hit in hits:
        kind = TYPES.get(hit.kind)
        if kind and folded(hit.name) == folded(text) and filters.type in {"", kind}:
            if kind == "setting":
                return replace(filters, target=hit.name, type=kind)
            return replace(filters, target="", type=kind, target_ids=(hit.id,))
    if filters.type in {"", "user"} and (ids := _people(session, text, hits)):
        return replace(filters, target="", type="user", target_ids=ids)
    if audit.has_target(session, folded(text)):
        return replace(filters, target=folded(text))
    return filters


def _people(session: DbSession, text: str, hits: list[Hit]) -> tuple[int, ...]:
    """Return the IDs of the users with a user name, an address or a full name."""
    if user := users.find(session, text):
        return (user.id,)
    return tuple(
        hit.id for hit in hits if hit.kind is HitKind.USER and _plain(hit.full_name) == _plain(text)
    )


def _hits(session: DbSession, text: str) -> list[Hit]:
    results = search.find(session, text, lambda _: True)
    return [hit for group in results.groups for hit in group.hits]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
