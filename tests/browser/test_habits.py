"""People's habits: nothing typed is lost unasked, keys and codes are copied, "?" shows the keys."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from app.models import ConsoleSession
from app.models.base import utcnow
from tests.browser.guide import Guide
from tests.browser.reading import violations

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=15_000)
pytestmark = pytest.mark.browser

MOST_SCRIPT = 4096
SCRIPTS = Path(__file__).parents[2] / "static"


@pytest.fixture
def office(window, ada, session):
    """Ada's window and somebody who leads it around."""

    def office(**options):
        page = window(ada, **options)
        return page, Guide(page, session)

    return office


@pytest.fixture
def asks(dialogs):
    """Does something, and tells whether the browser asked before it left the page."""

    def asks(act):
        act()
        found = list(dialogs)
        dialogs.clear()
        return found == ["beforeunload"]

    return asks


def link(window, name):
    return window.get_by_role("navigation", name="Main").get_by_role("link", name=name)


def leave(window):
    # By a click: the address bar of a test would wait for a page that does not come.
    return lambda: link(window, "Users").click(no_wait_after=True)


def stays(window):
    window.wait_for_timeout(200)
    return window


def test_what_was_typed_is_not_left_unasked(office, asks):
    window, guide = office()
    guide.go(guide.setting("chunk_size"))
    guide.fill(value="812")

    assert asks(lambda: (leave(window)(), stays(window)))
    expect(window).to_have_url(re.compile(r"/settings/\d+$"))

    guide.fill(value="1000")
    assert not asks(leave(window))
    expect(window).to_have_url(re.compile(r"/users$"))


def test_a_save_asks_nothing_and_neither_does_what_follows(office, asks):
    window, guide = office()
    guide.go(guide.setting("chunk_size"))
    guide.fill(value="812", reason="A trial.")

    assert not asks(lambda: guide.press("Save"))
    expect(window.get_by_role("status")).to_contain_text("Saved chunk_size.")
    assert not asks(leave(window))
    expect(window).to_have_url(re.compile(r"/users$"))


def test_what_was_refused_is_not_left_unasked(office, asks):
    window, guide = office()
    guide.go(guide.setting("chunk_size"))
    guide.fill(value="many")
    guide.press("Save")
    expect(window.get_by_role("alert")).to_be_visible()

    assert asks(lambda: (leave(window)(), stays(window)))

    guide.fill(value="812")
    assert not asks(lambda: guide.press("Save"))
    expect(window.get_by_role("status")).to_contain_text("Saved chunk_size.")


def test_cancel_says_what_one_wants(office, asks):
    window, guide = office()
    guide.go("/users/new")
    guide.fill(username="nora")

    assert not asks(lambda: window.get_by_role("link", name="Cancel").click())
    expect(window).to_have_url(re.compile(r"/users$"))


def test_a_form_that_is_on_its_way_does_not_hide_another(office, asks):
    window, guide = office()
    guide.go(guide.setting("chunk_size"))
    guide.fill(value="812")
    theme = window.get_by_role("button", name="Switch to the dark theme")

    assert asks(lambda: (theme.click(no_wait_after=True), stays(window)))

    guide.press("Save")
    theme.click()
    expect(window.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_filter_is_no_edit(office, asks):
    window, guide = office()
    guide.go("/users")
    window.get_by_label("Name or email begins with").or_(window.locator("[name=q]")).last.fill("a")

    assert not asks(lambda: link(window, "Settings").click())
    expect(window).to_have_url(re.compile(r"/settings$"))


def test_ticks_in_the_matrix_are_not_filtered_away_unasked(office, asks):
    window, guide = office()
    guide.go("/roles")
    guide.tick("viewer grants document:create")
    apply = window.get_by_role("button", name="Apply")

    assert asks(lambda: (apply.click(no_wait_after=True), stays(window)))
    expect(window.get_by_label("viewer grants document:create")).to_be_checked()


def test_ticks_in_the_list_of_users_are_no_edit(office, asks):
    window, guide = office()
    guide.go("/users")
    window.locator("main [name=users]").first.check()

    assert not asks(lambda: link(window, "Settings").click())
    expect(window).to_have_url(re.compile(r"/settings$"))


@pytest.mark.parametrize(
    ("page", "name", "copied"),
    [("setting", "Copy the key", "chunk_size"), ("permission", "Copy the code", "user:read")],
)
def test_keys_and_codes_are_copied(office, page, name, copied):
    window, guide = office(permissions=["clipboard-read", "clipboard-write"])
    guide.go(guide.setting(copied) if page == "setting" else f"/permissions/{copied}")
    window.get_by_role("button", name=name).click()

    expect(window.get_by_role("button", name="Copied")).to_be_visible()
    assert window.evaluate("navigator.clipboard.readText()") == copied


def test_without_scripts_there_is_no_copy_button(office):
    window, guide = office(java_script_enabled=False)
    guide.go(guide.setting("chunk_size"))

    expect(window.get_by_role("button", name="Copy the key")).to_have_count(0)


def test_the_keys_are_shown_on_a_question_mark(office):
    window, guide = office()
    guide.go("/settings")
    window.keyboard.press("?")

    dialog = window.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Show these shortcuts")
    assert violations(window) == []
    window.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(window).to_have_url(re.compile(r"/settings$"))

    window.get_by_role("link", name="Keyboard").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_a_question_mark_that_is_typed_is_text(office):
    window, guide = office()
    guide.go("/settings")
    window.locator("main [name=q]").press("?")

    expect(window.locator("main [name=q]")).to_have_value("?")
    expect(window.get_by_role("dialog")).to_have_count(0)


def test_the_keys_are_a_page_without_scripts(office):
    window, guide = office(java_script_enabled=False)
    guide.go("/settings")
    window.get_by_role("link", name="Keyboard").click()

    expect(window.get_by_role("heading", name="Keyboard", level=1)).to_be_visible()


def test_single_keys_that_are_switched_off_do_nothing(office):
    window, guide = office()
    guide.go("/account")
    window.get_by_role("region", name="Single-key shortcuts").get_by_role(
        "button", name="Off"
    ).click()
    expect(window.get_by_text("Single-key shortcuts are off.")).to_be_visible()

    for key in ("/", "?"):
        window.keyboard.press(key)
    window.wait_for_timeout(200)

    expect(window.get_by_role("dialog")).to_have_count(0)
    expect(window.locator("#finder")).not_to_be_focused()
    window.keyboard.press("Control+k")
    expect(window.locator("#finder")).to_be_focused()
    window.get_by_role("link", name="Keyboard").click()
    expect(window.get_by_role("heading", name="Keyboard", level=1)).to_be_visible()
    assert violations(window) == []


def test_scripts_stay_small():
    for script in SCRIPTS.glob("*.js"):
        assert len(gzip.compress(script.read_bytes())) <= MOST_SCRIPT, script


@pytest.mark.usefixtures("inhabited")
@pytest.mark.parametrize("path", ["/users", "/settings", "/roles"])
def test_on_paper_there_is_the_list_and_nothing_to_press(office, path):
    window, guide = office()
    guide.go(path)
    window.emulate_media(media="print")

    expect(window.locator("main h1")).to_be_visible()
    for gone in (".top-bar", ".navigation", "main .filters", "main .actions .button"):
        assert not any(one.is_visible() for one in window.locator(gone).all())


def ends(window):
    return window.locator(".toasts[aria-live]")


def test_the_end_of_a_session_is_told_two_minutes_ahead_and_put_off(office, session):
    window, guide = office()
    window.clock.install()
    guide.go(guide.setting("chunk_size"))
    window.clock.fast_forward("27:30")
    expect(ends(window)).to_have_text("")

    window.clock.fast_forward("00:40")
    expect(ends(window)).to_contain_text("Your session ends in 2 minutes.")
    assert violations(window) == []
    session.execute(update(ConsoleSession).values(last_seen_at=utcnow() - timedelta(minutes=28)))
    session.commit()
    window.locator("#value").fill("4711")
    window.get_by_role("button", name="Stay signed in").press("Enter")

    expect(ends(window)).to_have_text("")
    expect(window.locator("#value")).to_have_value("4711")
    session.rollback()
    seen_at = session.scalars(select(ConsoleSession.last_seen_at)).one()
    assert utcnow() - seen_at < timedelta(minutes=1)


def test_the_end_of_a_session_is_told_once_it_is_there(office, session):
    window, guide = office()
    window.clock.install()
    guide.go("/account")
    window.clock.fast_forward("28:10")
    window.clock.fast_forward("02:00")

    expect(ends(window)).to_contain_text("Your session has ended.")
    session.execute(delete(ConsoleSession))
    session.commit()
    other = window.context.new_page()
    other.goto("/login")
    expect(ends(window)).to_contain_text("Your session has ended.")


def test_another_tab_puts_the_end_of_the_session_off(office):
    window, guide = office()
    window.clock.install()
    guide.go("/account")
    window.clock.fast_forward("28:10")
    expect(ends(window)).to_contain_text("Your session ends in 2 minutes.")

    window.context.new_page().goto("/account")

    expect(ends(window)).to_have_text("")


def test_a_session_that_has_no_time_left_is_not_put_off(office, session):
    window, guide = office()
    window.clock.install()
    guide.go("/account")
    window.clock.fast_forward("28:10")
    began_at = utcnow() - timedelta(hours=11, minutes=58, seconds=10)
    session.execute(update(ConsoleSession).values(created_at=began_at))
    session.commit()

    window.get_by_role("button", name="Stay signed in").click()

    expect(ends(window)).to_contain_text("Your session cannot be extended. Save now.")
