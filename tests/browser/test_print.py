"""Pages on paper: they say what is so, and use the sheet."""

import re

import pytest
from sqlalchemy import select

from app.models import Permission, Role
from tests.browser.reading import overflow
from tests.support.second_factors import set_up

pytestmark = pytest.mark.browser

# A4 without the margins of the style sheet, in CSS pixels.
UPRIGHT = {"width": 703, "height": 1009}
LYING = {"width": 1032, "height": 680}
SHEET = re.compile(rb"/Type\s*/Page\b")
COLUMNS = """
[...document.querySelectorAll(".matrix thead th")].filter((one) => {
  const {left, right, width} = one.getBoundingClientRect();
  return width > 6 && left >= 0 && right <= innerWidth;
}).length
"""
ROLES = "[...document.querySelectorAll('#roles tbody tr')].filter((one) => one.checkVisibility())"


@pytest.fixture
def printed(window, ada):
    """Opens a page as a printer sees it."""

    def printed(path, size=UPRIGHT):
        page = window(ada, viewport=size)
        page.emulate_media(media="print")
        page.goto(path)
        return page

    return printed


def _sheets(page):
    return len(SHEET.findall(page.pdf(format="A4", prefer_css_page_size=True)))


def test_a_printed_user_has_the_roles_that_are_held(printed, vera):
    page = printed(f"/users/{vera.id}")
    page.locator("#roles-form .checkbox").first.evaluate("(one) => { one.checked = true; }")

    assert page.evaluate(f"{ROLES}.map((one) => one.innerText.split('\\n')[0].trim())") == [
        "viewer"
    ]


def test_settings_of_a_time_are_printed_without_the_form_of_times(printed):
    page = printed("/settings/past?at=2020-01-01T00:00")

    assert "2020-01-01T00:00:00Z" in page.locator("main").inner_text()
    assert not page.get_by_role("button", name="Compare").is_visible()
    assert not page.get_by_label("As of", exact=True).is_visible()


def test_recovery_codes_are_printed_by_a_button(window, session, app, ada):
    set_up(session, ada, app.config["SECRET_KEY"])
    page = window(ada)
    page.add_init_script("window.print = () => { document.title = 'printed'; };")
    page.goto("/account/recovery-codes")
    page.get_by_role("button", name="Make new codes").click()

    page.get_by_role("button", name="Print the codes").click()

    assert page.title() == "printed"
    page.emulate_media(media="print")
    assert page.locator(".recovery-codes").is_visible()
    assert not page.get_by_role("button", name="Print the codes").is_visible()


def test_each_sheet_says_where_for_whom_when_and_which_filter(printed, inhabited):
    page = printed("/users?status=active")
    note = page.locator(".sheet-note")

    assert note.is_visible()
    assert re.fullmatch(
        r"development · Ada .*\(ada\) · as of \d+ \w+ \d{4}, \d\d:\d\d, UTC · status active",
        note.inner_text(),
    )
    # The head of a table, which browsers repeat.
    assert note.evaluate("(one) => getComputedStyle(one).display") == "table-header-group"


@pytest.mark.parametrize(("size", "roles"), [(LYING, 53), (UPRIGHT, 53), (LYING, 90)])
def test_a_wide_matrix_has_all_of_its_columns_in_blocks(printed, session, size, roles):
    permissions = list(session.scalars(select(Permission)))
    session.add_all(
        Role(name=f"team {number:02}", permissions=permissions[: number % 9])
        for number in range(roles - 3)
    )
    session.commit()
    page = printed("/roles", size)

    blocks = page.locator(".matrix-blocks table")
    assert blocks.count() == -(-roles // 16)
    assert page.evaluate(COLUMNS) == roles + blocks.count()
    assert not page.locator(".matrix-scroll").is_visible()
    assert blocks.first.locator("caption").inner_text() == f"Roles 1 to 16 of {roles}"
    assert overflow(page) == []


def test_lists_take_few_sheets(printed, inhabited):
    assert _sheets(printed("/users")) <= 2
    assert _sheets(printed("/settings")) <= 6
    assert _sheets(printed("/roles")) <= 2


def test_pages_are_as_wide_as_the_sheet(printed, inhabited, vera):
    paths = ("/", "/users", "/settings", "/roles", f"/users/{vera.id}", "/settings?edit=all")
    for path in paths:
        page = printed(path)
        lists = "[...document.querySelectorAll('main .card')].map((one) => one.offsetWidth || 999)"
        assert overflow(page) == [], path
        assert path == "/" or min(page.evaluate(lists)) > 0.95 * UPRIGHT["width"], path
