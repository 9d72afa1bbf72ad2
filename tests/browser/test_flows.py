"""What people do in a browser, with JavaScript and without."""

import re

import pytest
from sqlalchemy import select

from app.domain import settings
from app.domain.authentication import passwords
from app.models import Permission, Role
from tests.browser.guide import Guide
from tests.browser.keyboard import Keyboard
from tests.support.past_settings import change
from tests.support.people import PASSWORD

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=15_000)
pytestmark = pytest.mark.browser

GOOD_PASSWORD = "seven grey herons at dusk"


@pytest.fixture
def guide(session):
    return lambda window: Guide(window, session)


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


def test_one_of_many_settings_is_restored_without_clearing_the_others(window, ada, session):
    for key in ("chunk_size", "llm_timeout", "llm_max_tokens"):
        change(session, settings.by_key(session, key), "900")
    page = window(ada)
    page.goto("/settings/past?at=2020-01-01T00:00")
    expect(page.get_by_text("3 of 3 chosen")).to_be_visible()

    link(page, "Choose none").click()
    expect(page.get_by_text("0 of 3 chosen")).to_be_visible()
    page.get_by_label("Restore chunk_size").check()
    expect(page.get_by_text("1 of 3 chosen")).to_be_visible()
    button(page, "Review the restore").click()

    expect(heading(page, "Review 1 change")).to_be_visible()


def test_the_first_administrator_comes_by_the_link(desk, guide, roles_of):
    window = desk()
    keyboard = Keyboard(window)
    keyboard.open(guide(window).link_to_set_up())
    keyboard.write("Ada", into="User name")
    keyboard.write("ada@example.org", into="Email")
    keyboard.write(GOOD_PASSWORD, into="Password")
    keyboard.send()

    expect(heading(window, "Overview")).to_be_visible()
    assert navigation(window) == [
        *("Overview", "Settings", "Users", "Roles & permissions", "Audit log", "Your account")
    ]
    assert roles_of("ada") == ["admin"]


def test_a_wrong_password_is_mended_and_the_way_leads_on(desk, guide, ada):
    window = desk()
    window.goto("/users?status=active")
    guide(window).fill(username="ada@example.org", password="not this one")
    button(window, "Sign in").click()

    expect(window.get_by_role("alert")).to_contain_text("Wrong user name or password.")
    expect(window.get_by_label("User name or email")).to_have_value("ada@example.org")

    guide(window).fill(password=PASSWORD)
    button(window, "Sign in").click()

    expect(window).to_have_url(re.compile(r"/users\?status=active$"))


def test_signing_out_by_the_menu_ends_the_session(desk, ada):
    window = desk(ada)
    window.goto("/settings")
    button(window, "Ada Byron (account menu)").click()
    button(window, "Sign out").click()

    expect(heading(window, "Sign in to the console")).to_be_visible()
    window.goto("/settings")
    expect(window).to_have_url(re.compile(r"/login\?next=/settings$"))


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


def test_a_new_user_comes_in_by_the_link_and_sees_what_a_viewer_sees(desk, guide, person):
    person("nora", roles=["viewer"], password_hash=passwords.no_password())
    hers = desk()
    link = guide(hers).link_to_choose_a_password("nora")
    hers.goto(link)
    guide(hers).fill(password=GOOD_PASSWORD)
    button(hers, "Save password").click()

    expect(hers.get_by_text("Your password is set, and you are signed in.")).to_be_visible()
    expect(hers.get_by_text("Nothing to see yet")).to_be_visible()
    assert navigation(hers) == ["Overview", "Your account"]
    assert hers.goto("/settings").status == 403
    expect(hers.get_by_text("settings:read")).to_be_visible()
    hers.goto("/account")
    expect(hers.get_by_role("cell", name="document:read")).to_be_visible()
    assert hers.goto(link).status == 404


def test_roles_are_reviewed_before_they_are_saved(desk, ada, vera, roles_of):
    window = desk(ada)
    keyboard = Keyboard(window)
    keyboard.open(f"/users/{vera.id}")
    keyboard.tick("Role user", "Role viewer")
    keyboard.press("Review the change")

    expect(heading(window, "Review the roles of Vera Rubin")).to_be_visible()
    gained = window.get_by_role("region", name="Permissions gained").get_by_role("listitem")
    expect(gained).to_contain_text(["document:create", "document:update"])
    assert roles_of("vera") == ["viewer"]

    keyboard.write("She joins the editors.", into="Reason (optional)")
    keyboard.press("Save the roles")

    expect(heading(window, "Vera Rubin")).to_be_visible()
    expect(window.get_by_role("status")).to_contain_text("Saved the roles")
    expect(window.get_by_text("She joins the editors.").first).to_be_visible()
    assert roles_of("vera") == ["user"]


def test_a_filtered_matrix_changes_what_it_shows_alone(desk, ada, rows):
    granted = select(Permission.code).join(Permission.roles).where(Role.name == "user")
    window = desk(ada)
    keyboard = Keyboard(window)
    keyboard.open("/roles")
    keyboard.skip()
    keyboard.write("document:", into="Permission or description")
    keyboard.tick("Only rows where roles differ")
    keyboard.press("Apply")
    expect(window.get_by_label("Active filters")).to_contain_text("2 permissions")
    keyboard.skip()
    keyboard.tick("user grants document:create")
    keyboard.send()
    keyboard.skip()
    keyboard.press("Save the permissions")

    expect(window.get_by_role("status").first).to_contain_text("Saved the permissions of user.")
    expect(window).to_have_url(re.compile(r"/roles\?q=document%3A&differ=1$"))
    assert set(rows(granted)) == {"document:read", "document:update"}


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

    expect(mine.get_by_role("alert")).to_contain_text("nora changed chunk_size just now")
    versions = mine.get_by_role("region", name="The three versions")
    expect(versions).to_contain_text("Original 1000 Theirs 900 Yours 700")
    expect(value_of(mine)).to_have_value("700")
    expect(mine.get_by_label("Reason")).to_have_value("A measurement")
    assert stored("chunk_size") == "900"

    button(mine, "Overwrite with my value").click()

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

    expect(mine.get_by_role("alert")).to_contain_text("nora changed the roles of vera")
    expect(mine.get_by_role("region", name="Theirs", exact=True)).to_contain_text("user")
    expect(mine.get_by_role("region", name="Yours", exact=True)).to_contain_text("admin")
    assert roles_of("vera") == ["user", "viewer"]

    button(mine, "Review my version").click()
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

    expect(window.get_by_text("settings:update", exact=True)).to_be_visible()
    expect(window.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    expect(button(window, "Save")).to_have_count(0)


def test_another_session_is_ended_and_this_one_goes_on(desk, ada):
    elsewhere, here = desk(ada), desk(ada)
    elsewhere.goto("/")
    here.goto("/account")
    other = here.get_by_role("row").filter(has=button(here, "End the session at 127.0.0.1"))
    other.get_by_role("button").click()

    expect(here.get_by_role("status")).to_contain_text("Ended the session.")
    elsewhere.reload()
    expect(heading(elsewhere, "Sign in to the console")).to_be_visible()


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
