"""Lists on a phone, and forms that mark what was changed: what one came for is at hand."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
FIRST = [
    ("/users", "tbody tr >> nth=0"),
    ("/settings", ".setting >> nth=0"),
    ("/roles", ".matrix .checkbox >> nth=0"),
]


@pytest.mark.parametrize(("path", "first"), FIRST)
def test_on_a_phone_the_list_begins_on_the_first_screen(desk, inhabited, ada, path, first):
    page = desk(ada, viewport=PHONE)
    page.goto(path)

    box = page.locator(first).bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]
    expect(page.get_by_role("search").get_by_role("button", name="Apply")).to_be_hidden()
    page.locator(".filters-toggle summary").click()
    page.get_by_role("search").get_by_role("button", name="Apply").click()
    expect(page.locator(first)).to_be_visible()


def test_on_a_phone_bulk_actions_wait_for_a_selection(desk, inhabited, ada):
    page = desk(ada, viewport=PHONE)
    page.goto("/users")
    bar = page.get_by_role("group", name="Change several users")

    expect(bar).to_be_hidden()
    page.locator("tbody .checkbox").first.check()
    expect(bar).to_be_in_viewport()
    page.locator("tbody .checkbox").first.uncheck()
    expect(bar).to_be_hidden()


def test_rows_are_marked_while_typing_and_shown_alone(window, inhabited, ada):
    page = window(ada)
    page.goto("/settings?edit=all")
    bar = page.get_by_role("region", name="Unsaved changes")
    review, only = bar.get_by_role("button", name="Review"), bar.locator("[data-only-changed]")
    rows = page.locator(".setting:visible")
    quiet, all_rows = _ground(review), rows.count()

    page.locator(".input-number").first.fill("77")
    assert page.locator(".setting-open").get_by_text("edited").is_visible()
    assert _ground(review) != quiet
    only.click()
    expect(rows).to_have_count(1)
    only.click()
    expect(rows).to_have_count(all_rows)


def test_the_bar_of_the_matrix_is_quiet_until_a_box_is_changed(window, inhabited, ada):
    page = window(ada)
    page.goto("/roles")
    review = page.get_by_role("region", name="Unsaved changes").get_by_role("button")
    quiet = _ground(review)

    page.locator(".matrix .checkbox").first.click()

    assert _ground(review) != quiet


def _ground(button):
    return button.evaluate("(one) => getComputedStyle(one).backgroundColor")
