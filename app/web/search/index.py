"""The search page, and its results alone for the search box of every page."""

from flask import Blueprint, g, render_template, request, url_for

from app.domain import search
from app.domain.search import Hit, HitGroup, HitKind
from app.domain.settings import SettingLine
from app.domain.text import shortened
from app.extensions import db
from app.web.access import signed_in
from app.web.search import places

SHORT, SENTENCE, IN_PALETTE = 40, 160, 8
TEMPLATES = {"results": "search/_results.html"}
LABELS = {
    HitKind.SETTING: ("Settings", "sliders"),
    HitKind.USER: ("Users", "user"),
    HitKind.ROLE: ("Roles", "shield"),
    HitKind.PERMISSION: ("Permissions", "key"),
}

blueprint = Blueprint("search", __name__, url_prefix="/search")


class HitLine:
    """A hit as pages show it."""

    def __init__(self, hit: Hit, text: str) -> None:
        self.name = search.parts(hit.name, text)
        self.url = _url(hit)
        self.about = shortened(hit.full_name or hit.about, SENTENCE)
        self.aside = _aside(hit)
        self.is_code = hit.kind is not HitKind.USER


class ResultSection:
    """The hits of one kind, and the URL of the list with all of them."""

    def __init__(self, group: HitGroup, text: str) -> None:
        self.label, self.icon = LABELS[group.kind]
        self.hits = [HitLine(hit, text) for hit in group.hits]
        self.few = self.hits[:IN_PALETTE]
        self.has_more = group.has_more
        self.is_filtered = group.kind in {HitKind.SETTING, HitKind.USER}
        self.url = _list_url(group.kind, text)


@blueprint.get("")
@signed_in
def index() -> str:
    """Show the hits for a text; with ``part=results`` only them, for the search box."""
    text = request.args.get("q", "").strip()
    results = search.find(db.session, text, g.me.can)
    sections = [ResultSection(group, text) for group in results.groups]
    found = places.named(text)
    return render_template(
        TEMPLATES.get(request.args.get("part", ""), "search/index.html"),
        q=text,
        sections=sections,
        places=found,
        all_label=_all_label(sections, len(found)),
        longest=search.LONGEST,
        is_anywhere=results.is_anywhere,
    )


def _all_label(sections: list[ResultSection], place_count: int) -> str:
    """Return the label of the row that leads to all results; "" where there are no others."""
    count = sum(len(section.hits) for section in sections)
    if count == sum(len(section.few) for section in sections):
        return ""
    more = "+" if any(section.has_more for section in sections) else ""
    return f"All {count + place_count}{more} results"


def _url(hit: Hit) -> str:
    if hit.kind is HitKind.SETTING:
        return url_for("settings.show", setting_id=hit.id)
    if hit.kind is HitKind.USER:
        return url_for("users.show", user_id=hit.id)
    if hit.kind is HitKind.ROLE:
        return url_for("roles.show", role_id=hit.id)
    return url_for("permissions.show", code=hit.name)


def _list_url(kind: HitKind, text: str) -> str:
    lists = {HitKind.SETTING: "settings.index", HitKind.USER: "users.index"}
    return url_for(lists[kind], q=text) if kind in lists else url_for("roles.index")


def _aside(hit: Hit) -> str:
    if hit.setting:
        return " · ".join(filter(None, (shortened(hit.setting.category), _value(hit.setting))))
    return shortened(hit.about) if hit.kind is HitKind.USER else ""


def _value(setting: SettingLine) -> str:
    if setting.is_secret:
        return "secret, set" if setting.is_set else "secret, not set"
    if setting.value is None:
        return "not set"
    return shortened(setting.value, SHORT) or "empty string"
