"""Every page and its states: accessible, in both themes, on a desk and on phones."""

import gzip
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from tests.browser.guide import Guide
from tests.browser.reading import COLOURS, EVERYTHING, SEEN, covered, overflow, shift, violations
from tests.browser.tour import FIRST_DAY, TOUR
from tests.support.equipment import in_turn

pytestmark = pytest.mark.browser

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 640}
# What axe is asked: all of it once, then what a size or a theme may change. Both phones have the
# same layout, so that what the small one shows in the dark theme, the other shows in the light one.
LOOKS = [
    (DESK, "light", EVERYTHING),
    (DESK, "dark", COLOURS),
    (PHONE, "light", COLOURS),
    (SMALL_PHONE, "dark", SEEN),
]
# The last is the window of 1280 x 1024 pixels at 400 %: as wide as the small phone, and lower.
WALKS = [{"width": 1280, "height": 800}, PHONE, {"width": 320, "height": 256}]
# A state of a page has the layout of the page: at the sizes and in the themes between, what differs
# has been looked at there.
LOOKS_AT_STATES = [LOOKS[0], LOOKS[-1]]
WALKS_IN_STATES = [WALKS[-1]]
MOST_SHIFT = 0.01
MOST_BYTES = 45 * 1024
MOST_REQUESTS = 8
FIRST_PAGES = ["/", "/settings", "/users", "/roles", "/account", "/users/new"]
SECRETS = ["hf-not-to-be-seen", "qd-not-to-be-seen", "rd-not-to-be-seen", "sm-not-to-be-seen"]
NO_PAGES = {"static", "health.healthz", "health.readyz", "metrics.index", "well_known.security_txt"}


@pytest.fixture
def people_of_the_tour(ada, omar, reza, person):
    hana = person("hana", roles=["helpdesk"], full_name="Hana Suzuki")
    iris = person("iris", permissions=["user:read", "role:read"], full_name="Iris Murdoch")
    return {"nobody": None, "ada": ada, "omar": omar, "reza": reza, "hana": hana, "iris": iris}


@pytest.fixture(scope="session")
def shades():
    """The shades of texts that have been looked at, by the tour's tests of this worker."""
    return set()


def look_at(guide, name, shades):
    """Return all that is wrong with the page that the guide has led to."""
    window = guide.window
    found = []
    moved = shift(window)
    if moved > MOST_SHIFT:
        found.append(f"{name} moves by {moved:.3f} while it loads.")
    is_state = ": " in name
    for size, theme, rules in in_turn(LOOKS_AT_STATES if is_state else LOOKS, name):
        window.set_viewport_size(size)
        window.emulate_media(color_scheme=theme)
        wrong = overflow(window) + violations(window, rules, seen=shades)
        found += [f"{name}, {size['width']} px, {theme}: {one}" for one in wrong]
    for size in in_turn(WALKS_IN_STATES if is_state else WALKS, name):
        window.set_viewport_size(size)
        found += [f"{name}, {size}, focus: {one}" for one in covered(window)]
    content = window.content()
    found += [f"{name} shows {secret}" for secret in SECRETS if secret in content]
    window.set_viewport_size(DESK)
    window.emulate_media(color_scheme="light")
    return found


def test_what_is_wrong_is_noticed(chromium_browser):
    page = chromium_browser.new_page(viewport=SMALL_PHONE)
    page.set_content(
        "<!doctype html><p>Nothing</p><img src='data:,'><a href='#a'>a</a><a href='#b'>b</a><div>"
        + "x" * 500
    )

    assert any(one.startswith("image-alt") for one in violations(page))
    assert any(one.startswith("region") for one in violations(page, SEEN))
    assert overflow(page) != []
    page.set_content("<p style='position: fixed; inset: 0'>Over</p><a href='#a'>Under</a>")
    assert [one.partition(" below")[0] for one in covered(page)] == ['<a href="#a">Under</a>'] * 2
    page.close()


def test_a_shade_is_looked_at_once(chromium_browser):
    def found():
        return [one.partition(":")[0] for one in violations(page, COLOURS, seen=shades)]

    page, shades = chromium_browser.new_page(), set()
    pale = "<p style='color: #bbb'>Pale"

    page.set_content(f"<p>Dark<div hidden>{pale}</div><button disabled style='color: #bbb'>Off")
    assert found() == []
    page.set_content(pale)
    assert found() == ["color-contrast"]
    assert found() == []
    page.set_content(f"<div style='background: #eee'>{pale}</div>")
    assert found() == ["color-contrast"]
    page.close()


class Journal:
    """What a window has been answered."""

    def __init__(self, window, urls):
        self.statuses = {}
        self.method = ""
        self._window = window
        self._urls = urls
        window.on("response", self._note)

    def _note(self, answer):
        self.statuses[answer.url] = answer.status
        if answer.request.is_navigation_request() and answer.status != 303:
            self.method = answer.request.method

    @property
    def endpoint(self):
        """The endpoint whose page the window shows."""
        return self._urls.match(urlsplit(self._window.url).path, method="GET")[0]


def look_around(guide, stops, app, shades):
    found, journal = [], Journal(guide.window, app.url_map.bind(""))
    for name, stop in stops.items():
        stop.way(guide)
        endpoint, _, state = name.partition(": ")
        assert journal.endpoint == endpoint, f"{name} is at {guide.window.url}"
        assert state or journal.method == "GET", f"{name} is not what a link opens."
        assert max(journal.statuses.values()) < 500, journal.statuses
        assert stop.words in guide.window.locator("main").inner_text(), name
        found += look_at(guide, name, shades)
    return found


def test_the_first_day_has_nothing_in_the_way(window, session, app, shades):
    assert look_around(Guide(window(), session), FIRST_DAY, app, shades) == []


@pytest.mark.parametrize(("who", "part"), TOUR)
def test_no_page_has_anything_in_the_way(
    window, inhabited, people_of_the_tour, app, shades, who, part
):
    guide = Guide(window(people_of_the_tour[who]), inhabited)

    assert look_around(guide, TOUR[who, part], app, shades) == []


def test_the_tour_leads_to_every_page(app):
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    answers = {name for name in pages if name.startswith("api.")} - {"api.docs"}
    stops = {name for part in (FIRST_DAY, *TOUR.values()) for name in part}

    assert {name for name in stops if ": " not in name} == pages - NO_PAGES - answers


def test_what_opens_has_nothing_in_the_way(window, ada):
    found, page = [], window(ada)
    page.goto("/settings")
    for size, theme in ((PHONE, "light"), (SMALL_PHONE, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        for opener in ("Navigation", "Ada Byron (account menu)"):
            page.get_by_role("button", name=opener, exact=True).click()
            found += [(opener, one) for one in overflow(page) + violations(page, SEEN)]
            page.keyboard.press("Escape")

    assert found == []


def test_a_console_that_cannot_serve_has_nothing_in_the_way(window, session, ada, shades):
    window = window(ada)
    session.execute(text("UPDATE alembic_version SET version_num = '002'"))
    session.commit()

    assert window.goto("/").status == 503
    assert look_at(Guide(window, session), "unavailable", shades) == []


def test_a_theme_that_was_chosen_looks_as_the_one_of_the_system(window, ada):
    colours = "[...document.querySelectorAll('*')].map((one) => getComputedStyle(one).color)"
    by_system, chosen = window(ada, color_scheme="dark"), window(ada, color_scheme="light")
    by_system.goto("/roles")
    chosen.goto("/roles")
    chosen.get_by_role("button", name="Switch to the dark theme").click()
    chosen.wait_for_load_state()

    assert chosen.evaluate(colours) == by_system.evaluate(colours)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_first_visit_is_light_and_still(window, inhabited, ada, viewport):
    found = []
    for path in FIRST_PAGES:
        page, answers = window(ada, viewport=viewport), []
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.goto(path, wait_until="networkidle")
        size = sum(len(gzip.compress(answer.body(), 6)) for answer in answers)
        is_light = size <= MOST_BYTES and len(answers) <= MOST_REQUESTS
        if not is_light or shift(page) > MOST_SHIFT:
            found.append((path, size, len(answers), shift(page)))

    assert found == []
