"""Pages on paper: they say what is so, and use the sheet."""

import re

import pytest
from sqlalchemy import select

from app.models import Permission, Role
from tests.browser.reading import overflow

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
# Whether one can tell the boxes that are ticked: they are there, and their ground is printed.
BOXES = """
[...document.querySelectorAll("#roles .checkbox")].map((one) => {
  const style = getComputedStyle(one);
  const isTicked = style.backgroundImage !== "none" && style.printColorAdjust === "exact";
  return [one.ariaLabel, one.checkVisibility() && one.offsetWidth > 8, isTicked];
})
"""


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


def test_the_roles_of_a_user_are_told_from_the_others(printed, vera):
    boxes = printed(f"/users/{vera.id}").evaluate(BOXES)

    assert {name: is_ticked for name, is_there, is_ticked in boxes if is_there} == {
        "Role admin": False,
        "Role user": False,
        "Role viewer": True,
    }


@pytest.mark.parametrize(("size", "roles"), [(LYING, 53), (UPRIGHT, 53), (LYING, 90)])
def test_a_wide_matrix_has_all_of_its_columns(printed, session, size, roles):
    permissions = list(session.scalars(select(Permission)))
    session.add_all(
        Role(name=f"team {number:02}", permissions=permissions[: number % 9])
        for number in range(roles - 3)
    )
    session.commit()
    page = printed("/roles", size)

    assert page.evaluate(COLUMNS) == roles + 1
    assert overflow(page) == []


def test_lists_take_few_sheets(printed, inhabited):
    assert _sheets(printed("/users")) <= 2
    assert _sheets(printed("/settings")) <= 6
    assert _sheets(printed("/roles")) <= 2


def test_pages_are_as_wide_as_the_sheet(printed, inhabited, vera):
    paths = ("/", "/users", "/settings", "/roles", f"/users/{vera.id}", "/settings?edit=all")
    for path in paths:
        page = printed(path)
        lists = "[...document.querySelectorAll('main .card')].map((one) => one.offsetWidth)"
        assert overflow(page) == [], path
        assert path == "/" or min(page.evaluate(lists)) > 0.95 * UPRIGHT["width"], path
