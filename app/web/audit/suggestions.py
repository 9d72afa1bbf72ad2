"""Suggestions for a filter that finds nothing: what has a name that resembles the entered ones."""

from flask import g

from app.domain import search
from app.domain.search import Hit, HitKind
from app.extensions import db
from app.web.audit.filters import UrlFilters
from app.web.urls import queried

MOST = 5
Links = list[tuple[str, str]]


def of(filters: UrlFilters) -> Links:
    """Return names that the person may see and that resemble the entered ones, with their URLs."""
    return [
        *_found(filters, "actor", filters.actor, (HitKind.USER,)),
        *_found(filters, "target", filters.target, (HitKind.SETTING, HitKind.USER, HitKind.ROLE)),
    ]


def _found(filters: UrlFilters, name: str, text: str, kinds: tuple[HitKind, ...]) -> Links:
    if not text:
        return []
    groups = search.find(db.session, text, g.me.can).groups
    hits = [hit for group in groups if group.kind in kinds for hit in group.hits]
    return [(_label(hit), _url(filters, name, hit)) for hit in hits[:MOST]]


def _label(hit: Hit) -> str:
    return f"{hit.full_name} ({hit.name})" if hit.full_name else hit.name


def _url(filters: UrlFilters, name: str, hit: Hit) -> str:
    active = filters.active | {name: ""}
    if name == "actor":
        return queried("audit.index", **active | {"actor_id": str(hit.id)})
    if hit.kind is HitKind.SETTING:
        return queried("audit.index", **active | {"target": hit.name, "type": hit.kind.value})
    return queried("audit.index", **active | {"target_id": str(hit.id), "type": hit.kind.value})
