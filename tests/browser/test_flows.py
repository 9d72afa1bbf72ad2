"""What people do in a browser, with JavaScript and without."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.models import ApplicationSetting, AuditEvent, User
from tests.browser.reading import send_by, tab_to
from tests.browser.tour import Guide
from tests.people import PASSWORD

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=15_000)
pytestmark = pytest.mark.browser

GOOD_PASSWORD = "seven grey herons at dusk"


@pytest.fixture
def guide(session):
    return lambda window: Guide(window, session)


@pytest.fixture
def stored(session):
    """The value of a setting that the database holds now."""

    def stored(name):
        value = select(ApplicationSetting.value).where(ApplicationSetting.key == name)
        found = session.scalars(value).first()
        session.rollback()
        return found

    return stored


@pytest.fixture
def roles_of(session):
    def roles_of(name):
        session.expire_all()
        user = session.scalars(select(User).where(User.username == name)).one()
        names = [role.name for role in user.roles]
        session.rollback()
        return sorted(names)

    return roles_of


def button(window, name):
    return window.get_by_role("button", name=name, exact=True)


def link(window, name):
    return window.get_by_role("link", name=name, exact=True)


def heading(window, name):
    return window.get_by_role("heading", name=name, exact=True, level=1)


def value_of(window):
    return window.get_by_role("textbox", name="Value", exact=True)


def navigation(window):
    return window.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts()


def test_the_first_administrator_comes_by_the_link(desk, guide, roles_of):
    window = desk()
    guide(window).go(guide(window).link_to_set_up())
    guide(window).fill(username="Ada", email="ada@example.org", password=GOOD_PASSWORD)
    button(window, "Make the account").click()

    expect(heading(window, "Overview")).to_be_visible()
    assert navigation(window) == [
        *("Overview", "Settings", "Users", "Roles & permissions", "Your account")
    ]
    assert roles_of("ada") == ["admin"]


def test_a_wrong_password_is_mended_and_the_way_leads_on(desk, guide, ada):
    window = desk()
    window.goto("/users?status=active")
    guide(window).fill(username="ada@example.org", password="not this one")
    button(window, "Sign in").click()

    expect(window.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")
    expect(window.get_by_label("User name or email")).to_have_value("ada@example.org")

    guide(window).fill(password=PASSWORD)
    button(window, "Sign in").click()

    expect(window).to_have_url(re.compile(r"/users\?status=active$"))


def test_signing_out_by_the_menu_ends_the_session(desk, ada):
    window = desk(ada)
    window.goto("/settings")
    button(window, "Ada Byron , account menu").click()
    button(window, "Sign out").click()

    expect(heading(window, "Sign in to the console")).to_be_visible()
    window.goto("/settings")
    expect(window).to_have_url(re.compile(r"/login\?next=/settings$"))


def test_a_setting_is_found_changed_where_it_stands_and_put_back(desk, guide, ada, stored, session):
    window = desk(ada)
    window.goto("/")
    link(window, "Settings").click()
    guide(window).fill(q="chunk_si")
    button(window, "Apply").click()
    link(window, "Edit chunk_size").click()
    expect(window.get_by_text("was 1000")).to_be_visible()
    guide(window).fill(value="800", reason="Shorter passages answer better.")
    button(window, "Save").click()

    toast = window.get_by_role("status")
    expect(toast).to_contain_text("Saved chunk_size. It was 1000, now it is 800.")
    expect(window).to_have_url(re.compile(r"/settings\?q=chunk_si#setting-\d+$"))
    assert stored("chunk_size") == "800"

    toast.get_by_role("button", name="Undo").click()

    expect(toast).to_contain_text("It was 800, now it is 1000.")
    assert stored("chunk_size") == "1000"
    reasons = select(AuditEvent.reason).where(AuditEvent.action == "setting:changed")
    assert session.scalars(reasons).all() == ["Shorter passages answer better.", "Undone."]


def test_a_value_that_is_refused_is_mended(desk, guide, ada, stored):
    window = desk(ada)
    guide(window).go(guide(window).setting("cors_allow_origins"))
    guide(window).fill(value='["https://a.example",]', reason="A new origin")
    button(window, "Save").click()

    summary = window.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("line 1, column")
    expect(value_of(window)).to_have_value('["https://a.example",]')
    expect(window.get_by_label("Reason")).to_have_value("A new origin")

    summary.get_by_role("link").click()
    expect(value_of(window)).to_be_focused()
    guide(window).fill(value='["https://a.example"]')
    button(window, "Save").click()

    expect(window.get_by_role("status")).to_contain_text("Saved cors_allow_origins.")
    assert stored("cors_allow_origins") == '["https://a.example"]'


def test_a_setting_is_turned_off_and_unset(desk, guide, ada, stored):
    window = desk(ada)
    guide(window).go(guide(window).setting("cache_enabled"))
    window.get_by_label("Off (false)").check()
    button(window, "Save").click()
    expect(window.get_by_role("status")).to_contain_text("now it is false")

    window.get_by_label("Not set").check()
    button(window, "Save").click()

    expect(window.get_by_role("status")).to_contain_text("now it is not set")
    assert stored("cache_enabled") is None


def test_a_new_user_comes_in_by_the_link_and_sees_what_a_viewer_sees(desk, guide, ada):
    window = desk(ada)
    window.goto("/users")
    link(window, "Add user").click()
    guide(window).fill(username="Nora", email="nora@example.org", full_name="Nora Aunor")
    window.get_by_label("Role viewer", exact=True).check()
    button(window, "Create the user").click()
    expect(heading(window, "Nora Aunor was created")).to_be_visible()
    handed_over = window.get_by_label("One-time link").input_value()

    hers = desk()
    hers.goto(urlsplit(handed_over).path)
    guide(hers).fill(password=GOOD_PASSWORD)
    button(hers, "Save the password").click()
    expect(hers.get_by_text("Your password is set. Sign in with it.")).to_be_visible()
    guide(hers).fill(username="nora", password=GOOD_PASSWORD)
    button(hers, "Sign in").click()

    expect(hers.get_by_text("There is nothing for you to see yet")).to_be_visible()
    assert navigation(hers) == ["Overview", "Your account"]
    assert hers.goto("/settings").status == 403
    expect(hers.get_by_text("settings:read")).to_be_visible()
    hers.goto("/account")
    expect(hers.get_by_role("cell", name="document:read")).to_be_visible()
    assert hers.goto(urlsplit(handed_over).path).status == 404


def test_roles_are_reviewed_before_they_are_saved(desk, guide, ada, vera, roles_of):
    window = desk(ada)
    window.goto(f"/users/{vera.id}")
    window.get_by_label("Role user", exact=True).check()
    window.get_by_label("Role viewer", exact=True).uncheck()
    button(window, "Review the change").click()

    expect(heading(window, "Review the roles of Vera Rubin")).to_be_visible()
    gained = window.get_by_role("region", name="Permissions gained").get_by_role("listitem")
    expect(gained).to_contain_text(["document:create", "document:update"])
    assert roles_of("vera") == ["viewer"]

    guide(window).fill(reason="She joins the editors.")
    button(window, "Save the roles").click()

    expect(heading(window, "Vera Rubin")).to_be_visible()
    expect(window.get_by_role("status")).to_contain_text("Saved the roles")
    expect(window.get_by_text("She joins the editors.").first).to_be_visible()
    assert roles_of("vera") == ["user"]


def test_two_browsers_edit_one_setting_and_nothing_is_lost(desk, guide, ada, person, stored):
    nora = person("nora", roles=["admin"])
    hers, mine = desk(nora), desk(ada)
    for window in (hers, mine):
        guide(window).go(guide(window).setting("chunk_size"))
    guide(hers).fill(value="900")
    button(hers, "Save").click()
    expect(hers.get_by_role("status")).to_contain_text("now it is 900")
    guide(mine).fill(value="700", reason="A measurement")
    button(mine, "Save").click()

    expect(mine.get_by_role("alert")).to_contain_text("was changed by somebody else")
    for name, value in {"Where you started": "1000", "Theirs": "900", "Yours": "700"}.items():
        expect(mine.get_by_role("region", name=name, exact=True)).to_contain_text(value)
    expect(value_of(mine)).to_have_value("700")
    expect(mine.get_by_label("Reason")).to_have_value("A measurement")
    assert stored("chunk_size") == "900"

    button(mine, "Save yours on top of theirs").click()

    expect(mine.get_by_role("status")).to_contain_text("It was 900, now it is 700.")
    assert stored("chunk_size") == "700"


def test_two_browsers_edit_one_users_roles_and_nothing_is_lost(
    desk, guide, ada, vera, person, roles_of
):
    nora = person("nora", roles=["admin"])
    hers, mine = desk(nora), desk(ada)
    for window, role in ((hers, "user"), (mine, "admin")):
        window.goto(f"/users/{vera.id}/roles")
        window.get_by_label(f"Role {role}", exact=True).check()
        button(window, "Review the change").click()
        guide(window).fill(reason=f"{role} is needed")
    button(hers, "Save the roles").click()
    expect(hers.get_by_role("status")).to_contain_text("Saved the roles")
    button(mine, "Save the roles").click()

    expect(mine.get_by_role("alert")).to_contain_text("changed by somebody else")
    expect(mine.get_by_role("region", name="Theirs", exact=True)).to_contain_text("user")
    expect(mine.get_by_role("region", name="Yours", exact=True)).to_contain_text("admin")
    assert roles_of("vera") == ["user", "viewer"]

    button(mine, "Review yours against theirs").click()
    expect(mine.get_by_label("Reason")).to_have_value("admin is needed")
    button(mine, "Save the roles").click()

    expect(mine.get_by_role("status")).to_contain_text("Saved the roles")
    assert roles_of("vera") == ["admin", "viewer"]


def test_who_may_only_look_at_settings_sees_them_and_can_change_nothing(desk, guide, reza):
    window = desk(reza)
    window.goto("/settings")

    assert navigation(window) == ["Overview", "Settings", "Your account"]
    expect(window.get_by_text("You can look, but not change anything here.")).to_be_visible()
    expect(window.get_by_role("main").get_by_role("link", name=re.compile("^Edit"))).to_have_count(
        0
    )

    link(window, "chunk_size").click()

    expect(window.get_by_text("settings:update")).to_be_visible()
    expect(window.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    expect(button(window, "Save")).to_have_count(0)


def test_another_session_is_ended_and_this_one_goes_on(desk, ada):
    elsewhere, here = desk(ada), desk(ada)
    elsewhere.goto("/")
    here.goto("/account")
    other = here.get_by_role("row").filter(has=button(here, "End the session at 127.0.0.1"))
    other.get_by_role("button").click()

    expect(here.get_by_role("status")).to_contain_text("The session has ended.")
    elsewhere.reload()
    expect(heading(elsewhere, "Sign in to the console")).to_be_visible()


def test_the_theme_is_chosen_for_this_browser_and_stays(desk, ada):
    window = desk(ada, color_scheme="light")
    window.goto("/users?q=a")
    bright = window.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    button(window, "Switch to the dark theme").click()

    expect(window).to_have_url(re.compile(r"/users\?q=a$"))
    expect(window.locator("html")).to_have_attribute("data-theme", "dark")
    dark = window.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    assert dark != bright

    window.goto("/account")
    expect(button(window, "Dark")).to_have_attribute("aria-pressed", "true")
    button(window, "As the system").click()
    expect(window.locator("html")).not_to_have_attribute("data-theme", re.compile("."))


def test_on_a_phone_the_menu_opens_and_closes(desk, ada):
    window = desk(ada, viewport={"width": 390, "height": 844})
    window.goto("/settings")
    menu = window.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()

    button(window, "Navigation").click()
    expect(menu).to_be_visible()
    window.keyboard.press("Escape")
    expect(menu).to_be_hidden()

    button(window, "Navigation").click()
    menu.get_by_role("link", name="Users").click()
    expect(heading(window, "Users")).to_be_visible()


def test_by_keyboard_alone_one_becomes_the_first_administrator(desk, guide):
    window = desk()
    window.goto(guide(window).link_to_set_up())
    for label, text in {"User name": "ada", "Email": "ada@example.org"}.items():
        tab_to(window, label)
        window.keyboard.type(text)
    tab_to(window, "Password")
    window.keyboard.type(GOOD_PASSWORD)
    send_by(window, "Enter")

    expect(heading(window, "Overview")).to_be_visible()


def test_by_keyboard_alone_one_signs_in_changes_a_setting_and_takes_it_back(
    desk, guide, ada, stored
):
    window = desk()
    window.goto("/login?next=/settings?category=document_processing")
    expect(window.get_by_label("User name or email")).to_be_focused()
    window.keyboard.type("ada")
    tab_to(window, "Password")
    window.keyboard.type(PASSWORD)
    send_by(window, "Enter")
    tab_to(window, "Edit chunk_size")
    send_by(window, "Enter")
    tab_to(window, "Value of chunk_size")
    window.keyboard.press("ControlOrMeta+a")
    window.keyboard.type("640")
    tab_to(window, "Not set")
    tab_to(window, "Reason (optional)")
    window.keyboard.type("Measured")
    tab_to(window, "Save")
    send_by(window, "Space")

    expect(window.get_by_role("status")).to_contain_text("now it is 640")
    assert stored("chunk_size") == "640"

    tab_to(window, "Undo")
    send_by(window, "Enter")

    expect(window.get_by_role("status")).to_contain_text("now it is 1000")


def test_by_keyboard_alone_roles_are_ticked_reviewed_and_saved(window, ada, vera, roles_of):
    window = window(ada)
    window.goto(f"/users/{vera.id}/roles")
    tab_to(window, "Role user")
    window.keyboard.press("Space")
    tab_to(window, "Review the change")
    send_by(window, "Enter")
    tab_to(window, "Reason")
    window.keyboard.type("She joins the editors.")
    tab_to(window, "Save the roles")
    send_by(window, "Enter")

    expect(heading(window, "Vera Rubin")).to_be_visible()
    assert roles_of("vera") == ["user", "viewer"]
