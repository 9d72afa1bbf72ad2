"""One search over all that a person may see, as a page and for the palette."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, request, url_for

from app.domain import search
from app.domain.search import Group, Hit, Kind
from app.domain.settings import SettingLine
from app.domain.text import shortened
from app.extensions import db
from app.web.access import signed_in

SHORT, SENTENCE = 40, 160
PARTS = {"results": "search/_results.html"}
LABELS = {
    Kind.SETTING: ("Settings", "sliders"),
    Kind.USER: ("Users", "user"),
    Kind.ROLE: ("Roles", "shield"),
    Kind.PERMISSION: ("Permissions", "key"),
}

blueprint = Blueprint("search", __name__, url_prefix="/search")


class Found:
    """A hit as pages show it."""

    def __init__(self, hit: Hit, text: str) -> None:
        self.name = search.parts(hit.name, text)
        self.url = _url(hit)
        self.about = shortened(hit.full_name or hit.about, SENTENCE)
        self.aside = _aside(hit)
        self.is_code = hit.kind is not Kind.USER


class Section:
    """What was found of one kind, and the list where there may be more."""

    def __init__(self, group: Group, text: str) -> None:
        self.label, self.icon = LABELS[group.kind]
        self.found = [Found(hit, text) for hit in group.hits]
        self.has_more = group.has_more
        self.url = _list_url(group.kind, text)


@blueprint.get("")
@signed_in
def index() -> str:
    """Show what fits the text, exact matches first; ``part=results`` is what the palette asks."""
    text = request.args.get("q", "").strip()
    results = search.find(db.session, text, g.me.can)
    template = PARTS.get(request.args.get("part", ""), "search/index.html")
    sections = [Section(group, text) for group in results.groups]
    return render_template(
        template,
        q=text,
        sections=sections,
        longest=search.LONGEST,
        is_anywhere=results.is_anywhere,
    )


def _url(hit: Hit) -> str:
    urls: dict[Kind, Callable[[], str]] = {
        Kind.SETTING: lambda: url_for("settings.show", setting_id=hit.id),
        Kind.USER: lambda: url_for("users.show", user_id=hit.id),
        Kind.ROLE: lambda: url_for("roles.show", role_id=hit.id),
        Kind.PERMISSION: lambda: url_for("permissions.show", code=hit.name),
    }
    return urls[hit.kind]()


def _list_url(kind: Kind, text: str) -> str:
    lists = {Kind.SETTING: "settings.index", Kind.USER: "users.index"}
    return url_for(lists[kind], q=text) if kind in lists else url_for("roles.index")


def _aside(hit: Hit) -> str:
    if hit.setting:
        return " · ".join(filter(None, (shortened(hit.setting.category), _value(hit.setting))))
    return shortened(hit.about) if hit.kind is Kind.USER else ""


def _value(setting: SettingLine) -> str:
    if setting.is_secret:
        return "secret, set" if setting.is_set else "secret, not set"
    if setting.value is None:
        return "not set"
    return shortened(setting.value, SHORT) or "empty text"
