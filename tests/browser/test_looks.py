"""Long names, and the colours that a reader has chosen: nothing is lost, nothing in the way."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import String, literal, type_coerce, update

from app.models import ApplicationSetting, AuditEvent, ChainHead, Permission, Role, User
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
