"""Lists on a phone, and forms that mark what was changed: what one came for is at hand."""

import pytest
from playwright.sync_api import expect

from app.models import ApplicationSetting

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


def test_a_box_of_the_matrix_stays_where_it_is(window, inhabited, ada):
    page = window(ada)
    page.goto("/roles")
    box = page.locator(".matrix .checkbox").first
    before = box.bounding_box()

    box.click()

    assert box.bounding_box() == before


def test_filters_that_are_unfolded_fit_on_a_phone(desk, ada):
    page = desk(ada, viewport=PHONE)
    for path in ("/audit", "/settings", "/users", "/roles"):
        page.goto(path)
        page.locator(".filters-toggle summary").click()

        for field in page.locator(".filters :is(.input, .hint):visible").all():
            box = field.bounding_box()
            assert 0 < box["x"] <= box["x"] + box["width"] < PHONE["width"], (path, box)


def test_a_row_that_is_edited_is_as_high_as_its_field(window, inhabited, ada):
    page = window(ada)
    page.goto("/settings?edit=all")

    rows = page.locator(".setting:has(.input-number)").all()[:10]
    assert sorted(row.bounding_box()["height"] for row in rows)[0] <= 60


def test_a_long_category_takes_one_line_of_the_strip(desk, session, inhabited, ada):
    name = "answers, documents and everything else that is kept for longer than a day"
    session.add(ApplicationSetting(key="kept", category=name))
    session.commit()
    page = desk(ada, viewport=PHONE)
    page.goto("/settings")

    assert page.locator(".jump-links").bounding_box()["height"] <= 48


def test_arrow_keys_move_between_boxes_and_tab_passes_them(window, inhabited, ada):
    page = window(ada)
    page.goto("/roles")
    focused = "document.activeElement.ariaLabel ?? document.activeElement.textContent"
    boxes = page.locator(".matrix td :is(input, button)")

    boxes.first.focus()
    page.keyboard.press("ArrowDown")
    first = page.evaluate(focused)
    page.keyboard.press("ArrowRight")
    second = page.evaluate(focused)
    page.keyboard.press("Home")
    assert page.evaluate(focused) == first != second
    assert first.split(" grants ")[1] == second.split(" grants ")[1]
    assert page.locator(".matrix td [tabindex='0']").count() == 1


def test_a_group_of_permissions_is_selected_at_once(window, inhabited, ada):
    page = window(ada)
    page.goto("/roles")

    page.get_by_role("button", name="Select all of document for viewer").click()

    boxes = page.locator(".matrix [aria-label^='viewer grants document:']")
    assert boxes.count() > 1
    assert all(box.is_checked() for box in boxes.all())
    expect(page.locator("[data-count]")).not_to_have_text("No unsaved changes")


def test_the_list_of_categories_jumps_and_marks_where_one_is(desk, inhabited, ada, scripts):
    page = desk(ada)
    page.goto("/settings")
    link = page.locator(".jump-links a").nth(3)
    name = link.inner_text().split()[0]
    link.click()

    expect(page.get_by_role("heading", name=name, exact=True)).to_be_in_viewport()
    expect(page.locator(".jump-links [aria-current]")).to_contain_text(name)
    assert ("category=" in page.url) != scripts


@pytest.mark.parametrize(("density", "height"), [("comfortable", 45), ("compact", 36)])
def test_rows_have_one_line_of_description(window, inhabited, ada, density, height):
    page = window(ada)
    page.goto("/account/density")
    page.get_by_role("main").get_by_role("button", name=density.capitalize()).click()

    for path, row in (("/users", "tbody tr"), ("/settings", ".setting:not(:has(.badge))")):
        page.goto(path)
        heights = [one.bounding_box()["height"] for one in page.locator(row).all()[:20]]
        assert sorted(heights)[len(heights) // 2] <= height, (path, heights)


def test_json_is_formatted_and_says_the_same(window, session, ada):
    text = '{"b":[1.0,12345678901234567890,{}],"b":"a, b: {c}","e":[]}'
    session.add(ApplicationSetting(key="rules", value=text, data_type="json", category="x"))
    session.commit()
    page = window(ada)
    page.goto("/settings?q=rules")
    page.get_by_role("link", name="Edit rules").click()
    page.get_by_role("button", name="Format").click()

    value = page.get_by_label("Value of rules").input_value()
    assert value == (
        '{\n  "b": [\n    1.0,\n    12345678901234567890,\n    {}\n  ],'
        '\n  "b": "a, b: {c}",\n  "e": []\n}'
    )
    page.get_by_label("Value of rules").fill("{")
    page.get_by_role("button", name="Format").click()
    expect(page.get_by_text("This is not valid JSON.")).to_be_visible()
    page.get_by_label("Value of rules").fill(text)


def test_the_time_zone_of_the_browser_is_offered(window, ada):
    page = window(ada, timezone_id="Asia/Tokyo")
    page.goto("/account")
    page.get_by_role("button", name="Use Asia/Tokyo").click()

    expect(page.get_by_text("Times are shown in Asia/Tokyo.")).to_be_visible()
    expect(page.get_by_role("button", name="Use Asia/Tokyo")).to_be_hidden()


def _ground(button):
    return button.evaluate("(one) => getComputedStyle(one).backgroundColor")


def test_a_selection_lasts_on_other_pages_and_with_a_filter(window, inhabited, ada):
    page = window(ada)
    page.goto("/users")
    selected = page.locator("[data-selected]")
    page.locator("tbody .checkbox").first.check()

    page.get_by_role("link", name="Next").click()
    expect(selected).to_have_text("1 selected, 1 not on this page")
    page.locator("tbody .checkbox").first.check()
    page.get_by_label("Name or email").fill("ada")
    page.get_by_role("search").get_by_role("button", name="Apply").click()
    page.wait_for_url("**q=ada**")
    expect(selected).to_contain_text("2 selected")
    page.go_back()
    expect(selected).to_have_text("2 selected, 1 not on this page")

    page.get_by_role("button", name="Clear the selection").click()
    page.get_by_role("link", name="Previous").click()
    expect(selected).to_have_text("None selected")
