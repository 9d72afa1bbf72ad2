"""The pages and actions that the search leads to: all that there are, for who may open them."""

import pytest
from flask import g

from app.domain import search
from app.domain.permissions import PermissionCode
from app.models import User
from app.web.navigation import ENTRIES
from app.web.search import places
from app.web.search.places import PLACES
from tests.support.people import PASSWORD_HASH

# Pages that lead nowhere by themselves: they answer a form, or are no pages for people.
NO_PLACES = {
    *("health.healthz", "health.readyz", "metrics.index", "well_known.security_txt", "static"),
    *("auth.login", "auth.second_factor", "search.index"),
    *("settings.review", "roles.review", "users.bulk"),
    # They belong to the page of the second factor, and need one.
    *("account.recovery_codes", "account.remove_second_factor"),
}
ACTIONS = [
    *("offboard", "choose by list", "density", "webhooks", "rules", "tokens", "sessions"),
    *("export audit", "export settings", "export users", "export roles", "import users"),
    *("as of a time", "deleted settings", "past", "restore", "add setting", "add user"),
    *("add role", "add webhook", "compare roles", "edit all", "dotenv", "import", "2fa"),
]


def pages(app):
    """The endpoints of pages without arguments."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.endpoint.startswith("api.")
    }


def test_every_page_without_arguments_is_a_place(app):
    assert pages(app) - NO_PLACES == {place.endpoint for place in PLACES}


def found(browser, text):
    page = browser.get("/search", q=text, part="results")
    return page.html.partition("found-group-1")[0].count('role="option"')


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("label", [label for label, *_ in ENTRIES])
def test_every_page_of_the_navigation_is_found_by_its_name(sign_in, ada, label):
    page = sign_in(ada).get("/search", q=label, part="results")

    assert page.link(label)


@pytest.mark.only_on("sqlite")
def test_every_main_action_is_found(sign_in, ada):
    browser = sign_in(ada)

    assert [text for text in ACTIONS if not found(browser, text)] == []


@pytest.mark.only_on("sqlite")
def test_every_place_is_found_by_its_label_and_opens(sign_in, ada, app):
    browser = sign_in(ada)
    with app.test_request_context():
        urls = [(place.label, place.url) for place in PLACES]

    for label, url in urls:
        assert browser.get("/search", q=label, part="results").link(label) == url
        assert browser.get(url).status_code in {200, 303}, label


@pytest.mark.only_on("sqlite")
def test_no_place_is_offered_to_who_may_not_open_it(sign_in, person, app):
    """For each permission, somebody who has it alone, and what a place needs without one of it."""
    held = [{code} for code in PermissionCode]
    held += [{*place.needs} - {code} for place in PLACES for code in place.needs]
    held += [{*place.needs} for place in PLACES if place.any_of]
    held += [{*place.needs, code} for place in PLACES for code in place.any_of]
    wanted = {frozenset(codes) for codes in held}
    for number, codes in enumerate(sorted(wanted, key=sorted)):
        browser = sign_in(person(f"p{number}", permissions=sorted(codes)))
        with app.test_request_context():
            g.me = Holder(codes)
            offered = [place.url for place in PLACES if place.is_open]
        refused = [url for url in offered if browser.get(url).status_code == 403]
        assert refused == [], codes


class Holder:
    """Somebody with permissions."""

    def __init__(self, codes):
        self.codes = codes

    def can(self, code):
        return code in self.codes


@pytest.mark.only_on("sqlite")
def test_the_last_row_of_the_palette_counts_places_too(sign_in, ada, session):
    session.add_all(
        User(
            username=f"exporter{number:03}",
            email=f"exporter{number:03}@example.org",
            password_hash=PASSWORD_HASH,
        )
        for number in range(60)
    )
    session.commit()
    browser = sign_in(ada)
    count = found(browser, "export")

    part = browser.get("/search", q="export", part="results")

    assert count > 4
    assert part.link(f"All {count + search.MOST}+ results") == "/search?q=export"


def test_short_texts_name_no_place(app):
    with app.test_request_context():
        g.me = Holder(set(PermissionCode))
        assert places.named("a") == []
        assert len(places.named("add")) == 4
