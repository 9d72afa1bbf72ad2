"""Long names, and the colours that a reader has chosen: nothing is lost, nothing in the way."""

from itertools import combinations
from urllib.parse import urlsplit

import pytest
from sqlalchemy import String, literal, type_coerce, update

from app.models import (
    ApplicationSetting,
    AuditEvent,
    ChainHead,
    Permission,
    Role,
    SettingRule,
    User,
)
from app.models.user import ADMIN
from tests.browser.crawling import crawl
from tests.browser.reading import overflow
from tests.support.equipment import in_turn

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1000, 390, 320)
LONG = {
    User: {"username": 255, "email": 255, "full_name": 255, "bio": 2000},
    Role: {"name": 100, "description": 2000},
    Permission: {"code": 255, "resource": 100, "description": 2000},
    ApplicationSetting: {"key": 255, "value": 3000, "category": 100, "description": 2000},
    AuditEvent: {"actor_name": 255, "target_name": 255, "reason": 500},
}
# A state of what is on a page, and how it is changed.
STATES = {
    ("/roles", "[name=differ]"): "one.checked = !one.checked",
    ("/roles", ".matrix .checkbox"): "one.checked = !one.checked",
    ("/roles", ".navigation a >> nth=0"): "one.ariaCurrent = 'page'",
    ("/users", ".status >> nth=0"): "one.classList.toggle('status-off')",
    ("/users", "tbody tr >> nth=0"): "one.querySelector('.checkbox').checked = true",
    ("/settings", ".jump-links a >> nth=1"): "one.ariaCurrent = 'true'",
    ("/settings", ".setting >> nth=1"): "one.className = 'setting setting-open'",
    ("/account/theme", ".choice .button >> nth=0"): "one.ariaPressed = 'true'",
    ("/", ".timeline li >> nth=1"): "one.className = 'latest'",
}
# The fields and boxes of a row, as their edges.
BOXES = """
(row) => [...document.querySelectorAll(`${row} input:not([type=hidden]), ${row} textarea`)]
  .map((one) => one.getBoundingClientRect())
  .map(({left, top, right, bottom}) => [left, top, right, bottom])
"""
FILLS = """
["1", "2", "3", "ground"].map((name) =>
  getComputedStyle(document.querySelector(`.series-${name}`)).fill)
"""


def _lengthen(session):
    session.execute(update(ChainHead).values(allows_changes=True))
    for model, columns in LONG.items():
        for name, length in columns.items():
            column = getattr(model, name)
            text = literal("W" * (length - 6)) + type_coerce(model.id, String)
            rows = update(model).where(Role.name != ADMIN) if column is Role.name else update(model)
            session.execute(rows.values({column: text}))
    session.commit()


def test_names_without_a_break_scroll_no_page_sideways(window, inhabited, ada):
    page, found = window(ada), []
    _lengthen(inhabited)
    for url in crawl(page, 1):
        for width in in_turn(WIDTHS, urlsplit(url).path):
            page.set_viewport_size({"width": width, "height": 800})
            found += [(url, width, one) for one in overflow(page)]

    assert found == []


def test_states_are_seen_in_forced_colours(window, inhabited, ada):
    page, unseen = window(ada, forced_colors="active"), []
    for (path, selector), change in STATES.items():
        page.goto(path)
        element = page.locator(selector).first
        before = element.screenshot()
        element.evaluate(f"(one) => {{ {change} }}")
        if element.screenshot() == before:
            unseen.append((path, selector))

    assert unseen == []
    assert len(set(page.evaluate(FILLS))) == 4


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_fields_of_a_warned_value_cover_no_other(window, ada, session, width):
    setting = ApplicationSetting(key="warmth", value="1", data_type="float", category="tests")
    session.add_all([setting, SettingRule(key="warmth", schema='{"maximum": 2}', severity="warn")])
    session.commit()
    page = window(ada)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/settings?category=tests&edit=all")
    page.fill(f"[name='{setting.id}-value']", "9")
    page.click("text=Review changes >> nth=0")

    boxes = page.evaluate(BOXES, f"#setting-{setting.id}")

    assert len(boxes) == 3
    assert [(a, b) for a, b in combinations(boxes, 2) if overlap(a, b)] == []


def overlap(one, other):
    """Tell whether two boxes, each as its left, top, right and bottom, have a part in common."""
    (left, top, right, bottom), (start, head, end, foot) = one, other
    return left < end and start < right and top < foot and head < bottom
