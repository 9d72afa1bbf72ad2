"""Every page and its states: accessible, in both themes, on a desk and on phones."""

import gzip

import pytest
from sqlalchemy import text

from tests.browser import tour
from tests.browser.reading import COLOURS, EVERYTHING, overflow, shift, violations
from tests.browser.tour import FIRST_DAY, TOUR, Guide

pytestmark = pytest.mark.browser

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 640}
THEMES = {"light": EVERYTHING, "dark": COLOURS}
MOST_SHIFT = 0.01
MOST_BYTES = 45 * 1024
MOST_REQUESTS = 8
FIRST_PAGES = ["/", "/settings", "/users", "/roles", "/account", "/users/new"]
# By which a state is known that it takes more than an address to get to.
WORDS = {
    "form-refused": "The request was not understood",
    "matrix-conflict": "were changed by somebody else",
    "matrix-review": "Review the permissions of 2 roles",
    "role-edit-conflict": "was changed by somebody else",
    "role-new-refused": "The role was not created",
    "setting-conflict": "was changed by somebody else",
    "setting-refused": "Nothing was saved",
    "setting-saved": "Saved chunk_size.",
    "settings-empty": "No setting matches",
    "user-created": f"{tour.NEW_PERSON[0]} was created",
    "user-new-refused": "The user was not created",
    "user-roles-conflict": "changed by somebody else",
    "user-roles-own": "These are your own roles",
    "user-roles-review": "Permissions gained",
    "user-delete-refused": "to confirm",
    "user-edit-conflict": "was changed by somebody else while you were editing",
    "user-edit-refused": "Nothing was saved",
    "user-reset-link": "Link to hand over",
    "users-bulk-all": "Deactivate",
    "users-bulk-done": "1 of 2 changed, 1 left as they are",
    "users-bulk-nobody": "Nobody is selected",
    "users-bulk-review": "Assign the role viewer to 1 user?",
    "users-empty": "No user matches",
    "wrong-password": "You are not signed in",
}
SECRETS = ["hf-not-to-be-seen", "qd-not-to-be-seen", "rd-not-to-be-seen", "sm-not-to-be-seen"]


@pytest.fixture
def people_of_the_tour(ada, omar, reza, person):
    hana = person("hana", roles=["helpdesk"], full_name="Hana Suzuki")
    return {"nobody": None, "ada": ada, "omar": omar, "reza": reza, "hana": hana}


def look_at(guide, name):
    """Return all that is wrong with the page that the guide has led to."""
    window = guide.window
    found = []
    moved = shift(window)
    if moved > MOST_SHIFT:
        found.append(f"{name} moves by {moved:.3f} while it loads.")
    for size in (DESK, PHONE):
        window.set_viewport_size(size)
        found += [f"{name}, {size['width']} px, too wide: {one}" for one in overflow(window)]
        for theme, rules in THEMES.items():
            window.emulate_media(color_scheme=theme)
            wrong = violations(window, rules)
            found += [f"{name}, {size['width']} px, {theme}: {one}" for one in wrong]
    window.set_viewport_size(SMALL_PHONE)
    found += [f"{name}, 320 px, too wide: {one}" for one in overflow(window)]
    found += [f"{name} shows {secret}" for secret in SECRETS if secret in window.content()]
    window.set_viewport_size(DESK)
    window.emulate_media(color_scheme="light")
    return found


def test_what_is_wrong_is_noticed(chromium_browser):
    page = chromium_browser.new_page(viewport=SMALL_PHONE)
    page.set_content("<!doctype html><p>Nothing</p><img src='data:,'><div>" + "x" * 500)

    assert any(one.startswith("image-alt") for one in violations(page))
    assert overflow(page) != []
    page.close()


def look_around(guide, ways):
    found, statuses = [], {}
    guide.window.on("response", lambda answer: statuses.update({answer.url: answer.status}))
    for name, way in ways.items():
        way(guide)
        assert max(statuses.values()) < 500, statuses
        assert WORDS.get(name, "") in guide.window.locator("main").inner_text()
        found += look_at(guide, name)
    return found


def test_the_first_day_has_nothing_in_the_way(window, session):
    assert look_around(Guide(window(), session), FIRST_DAY) == []


@pytest.mark.parametrize(("who", "part"), TOUR)
def test_no_page_has_anything_in_the_way(window, inhabited, people_of_the_tour, who, part):
    guide = Guide(window(people_of_the_tour[who]), inhabited)

    assert look_around(guide, TOUR[who, part]) == []


def test_a_console_that_cannot_serve_has_nothing_in_the_way(window, session, ada):
    window = window(ada)
    session.execute(text("UPDATE alembic_version SET version_num = '002'"))
    session.commit()

    assert window.goto("/").status == 503
    assert look_at(Guide(window, session), "unavailable") == []


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
