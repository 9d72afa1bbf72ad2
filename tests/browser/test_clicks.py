"""Jobs of an operator, each from the overview and with the clicks and keys counted."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.models import ApplicationSetting, User

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Window

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = pytest.mark.browser


@dataclass
class Operator:
    """Somebody at a window, whose clicks and keys are counted; pasting is one key."""

    window: "Window"
    clicks: int = 0
    keys: int = 0

    def click(self, what: "Locator") -> None:
        """Click at something, and wait for the page that it opens, if it opens one."""
        self.clicks += 1
        what.click()
        self.window.wait_for_load_state()

    def link(self, name: str) -> None:
        """Click at the first link with this name in the content of the page."""
        self.click(self.window.locator("main").get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        """Click at the first button with this name in the content of the page."""
        self.click(self.window.locator("main").get_by_role("button", name=name).first)

    def type(self, text: str) -> None:
        """Type a text."""
        self.keys += len(text)
        self.window.keyboard.type(text)

    def tap(self, *keys: str) -> None:
        """Press single keys."""
        self.keys += len(keys)
        for key in keys:
            self.window.keyboard.press(key)


def main(operator):
    return operator.window.locator("main")


@pytest.fixture
def operator(window, inhabited, ada):
    """Ada, at the overview of an organisation."""
    page = window(ada)
    page.goto("/")
    return Operator(page)


def test_the_limit_of_uploads_is_raised(operator, stored):
    operator.tap("Control+k")
    operator.type("document size")
    expect(operator.window.get_by_role("option").first).to_contain_text("max_document_size")
    operator.tap("ArrowDown", "Enter")
    operator.window.wait_for_url(re.compile(r"/settings/\d+"))
    operator.click(operator.window.get_by_role("textbox", name="Value", exact=True))
    operator.tap("Control+a")
    operator.type("200MB")
    operator.tap("Control+Enter")

    expect(operator.window.get_by_role("status").first).to_contain_text("Saved max_document_size.")
    assert stored("max_document_size") == "200MB"
    assert operator.clicks <= 1
    assert operator.keys <= 23


def test_a_change_of_yesterday_is_undone_without_knowing_what_it_was(operator, stored):
    assert stored("log_level") == "INFO"
    operator.link("Undo…")
    operator.button("Save")

    assert stored("log_level") == "DEBUG"
    assert operator.clicks <= 3


def test_all_that_somebody_did_is_listed(operator):
    operator.link("All changes")
    operator.link("wiremu.parata")

    expect(main(operator)).to_contain_text("by wiremu.parata")
    assert operator.clicks <= 3


def test_denied_attempts_are_listed(operator):
    operator.link("All changes")
    operator.link("Denied")

    entries = main(operator).locator("section.card")
    expect(entries).to_contain_text("was denied")
    expect(entries).not_to_contain_text("changed")
    assert operator.clicks <= 2


def test_twelve_pasted_names_are_given_a_role(operator, roles_of, rows):
    names = rows(select(User.username).order_by(User.username).limit(12))
    operator.click(operator.window.get_by_role("navigation").get_by_role("link", name="Users"))
    operator.link("Choose by list")
    operator.window.locator("[name=names]").fill("; ".join(names))
    operator.button("Look them up")
    operator.window.get_by_label("Role to assign or remove").select_option("helpdesk")
    operator.clicks += 1
    operator.button("Assign role…")
    operator.button("Assign the role")

    assert all("helpdesk" in roles_of(name) for name in names)
    assert operator.clicks <= 6


def test_a_colleague_like_another_is_created(operator, roles_of):
    operator.tap("Control+k")
    operator.type("mikkel")
    expect(operator.window.get_by_role("option").first).to_contain_text("mikkel.korhonen")
    operator.click(operator.window.get_by_role("option").first)
    operator.link("Add a similar user")
    operator.window.get_by_label("User name").fill("nora")
    operator.window.get_by_label("Email").fill("nora@example.org")
    operator.button("Create the user")

    assert roles_of("nora") == roles_of("mikkel.korhonen")
    assert operator.clicks <= 5


def test_a_deleted_setting_is_restored(operator, rows, sign_in, ada):
    key = "chunk_size"
    [setting_id] = rows(select(ApplicationSetting.id).where(ApplicationSetting.key == key))
    sign_in(ada).submit(f"/settings/{setting_id}/delete", key=key)
    operator.window.reload()
    operator.link("Restore…")
    operator.button("Restore")

    assert rows(select(ApplicationSetting.key).where(ApplicationSetting.key == key)) == [key]
    assert operator.clicks <= 4
