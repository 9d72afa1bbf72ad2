"""Twelve things that people come for, each by keyboard alone, with scripts and without."""

import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, ConsoleSession, Permission, Role, User
from tests.browser.keyboard import Keyboard
from tests.support.people import PASSWORD

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=15_000)
pytestmark = pytest.mark.browser

THREE = ("Abebe Bekele", "Ahmed El-Sayed", "Amara Diallo")


@pytest.fixture
def keyboard(desk, inhabited, ada):
    """Ada's window, and no mouse; the organisation is there."""
    return Keyboard(desk(ada))


@pytest.fixture
def visitors_keyboard(desk, ada):
    """The window of somebody who has not signed in."""
    return Keyboard(desk())


def heading(keyboard):
    return keyboard.window.get_by_role("heading", level=1)


def said(keyboard):
    return keyboard.window.get_by_role("status").first


def change_chunk_size(keyboard, value, reason):
    keyboard.open("/settings")
    keyboard.skip()
    keyboard.follow("document_processing 5")
    # With scripts, the link has jumped to the category, and Tab goes on from there.
    if "category=" in keyboard.window.url:
        keyboard.skip()
    keyboard.follow("Edit chunk_size")
    assert keyboard.focus == "Value of chunk_size"
    keyboard.write(value)
    keyboard.write(reason, into="Reason (optional)")
    keyboard.send()


def test_one_signs_in(visitors_keyboard, rows):
    keyboard = visitors_keyboard
    keyboard.open("/settings")
    assert keyboard.focus == "User name or email"
    keyboard.write("ada")
    keyboard.write(PASSWORD, into="Password")
    keyboard.send()

    expect(heading(keyboard)).to_have_text("Settings")
    who = select(User.username).join(ConsoleSession, ConsoleSession.user_id == User.id)
    assert rows(who) == ["ada"]


def test_chunk_size_is_found(keyboard, stored):
    keyboard.open("/")
    keyboard.search("chunk_size")
    keyboard.skip()
    keyboard.follow("chunk_size")

    expect(heading(keyboard)).to_have_text("chunk_size")
    keyboard.reach("Value")
    expect(keyboard.window.locator(":focus")).to_have_value(stored("chunk_size"))


def test_a_value_is_changed_with_a_reason(keyboard, stored, rows):
    change_chunk_size(keyboard, "800", "Shorter passages answer better.")

    expect(said(keyboard)).to_contain_text("Saved chunk_size. It was 900, now it is 800.")
    expect(keyboard.window).to_have_url(
        re.compile(r"/settings(\?category=document_processing)?#setting-\d+$")
    )
    assert stored("chunk_size") == "800"
    reason = select(AuditEvent.reason).where(AuditEvent.target_name == "chunk_size")
    assert rows(reason.order_by(AuditEvent.id))[-1] == "Shorter passages answer better."


def test_a_value_that_is_refused_is_mended(keyboard, stored):
    keyboard.open("/")
    keyboard.search("cors_allow_origins")
    keyboard.skip()
    keyboard.follow("cors_allow_origins")
    keyboard.write('["https://a.example",]', into="Value")
    keyboard.write("A new origin", into="Reason (optional)")
    keyboard.send()

    summary = keyboard.window.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("line 1, column")
    assert "a.example" not in stored("cors_allow_origins")

    keyboard.tap("Tab", "Enter")
    assert keyboard.focus == "Value"
    expect(keyboard.window.get_by_label("Reason")).to_have_value("A new origin")
    keyboard.write('["https://a.example"]')
    keyboard.press("Save")

    expect(said(keyboard)).to_contain_text("Saved cors_allow_origins.")
    assert stored("cors_allow_origins") == '["https://a.example"]'


def test_a_change_is_undone(keyboard, stored, rows):
    change_chunk_size(keyboard, "800", "A trial.")
    keyboard.tap("Tab", "Tab", "Tab")
    assert keyboard.focus == "Undo"
    keyboard.send()

    expect(said(keyboard)).to_contain_text("It was 800, now it is 900.")
    assert stored("chunk_size") == "900"
    reasons = select(AuditEvent.reason).where(AuditEvent.target_name == "chunk_size")
    assert rows(reasons.order_by(AuditEvent.id))[-2:] == ["A trial.", "Undone."]


def test_a_user_is_created(keyboard, roles_of, rows):
    keyboard.open("/")
    keyboard.skip()
    keyboard.follow("Add user")
    keyboard.skip()
    keyboard.write("Nora", into="User name")
    keyboard.write("nora@example.org", into="Email")
    keyboard.write("Nora Aunor", into="Full name (optional)")
    keyboard.tick("Role viewer")
    keyboard.press("Create the user")

    expect(heading(keyboard)).to_have_text("Nora Aunor was created")
    keyboard.reach("One-time link")
    handed_over = keyboard.window.get_by_label("One-time link").input_value()
    assert "/reset/" in handed_over
    found = select(User.email).where(User.username == "nora", ~User.has_password)
    assert rows(found) == ["nora@example.org"]
    assert roles_of("nora") == ["viewer"]


def test_three_users_are_given_a_role_at_once(keyboard, roles_of):
    keyboard.open("/users")
    keyboard.skip()
    keyboard.choose("viewer", of="Role to assign or remove")
    keyboard.tick(*(f"Select {name}" for name in THREE))
    keyboard.go_back("Assign role…")
    keyboard.send()
    expect(heading(keyboard)).to_contain_text("Assign the role viewer to")
    keyboard.skip()
    keyboard.write("They read the handbook.", into="Reason (optional)")
    keyboard.press("Assign the role")

    expect(said(keyboard)).to_contain_text("Each change is in the history.")
    for name in THREE:
        assert "viewer" in roles_of(name.lower().replace(" ", "."))


def test_all_who_match_are_given_a_role(keyboard, rows):
    without = select(func.count(User.id)).where(~User.roles.any())
    [number] = rows(without)
    keyboard.open("/users")
    keyboard.skip()
    keyboard.choose("Without", of="Role")
    keyboard.reach("Apply")
    keyboard.send()
    keyboard.skip()
    keyboard.tick(f"All {number} who match the filter")
    keyboard.choose("viewer", of="Role to assign or remove")
    keyboard.press("Assign role…")
    expect(heading(keyboard)).to_have_text(f"Assign the role viewer to {number} users?")
    keyboard.skip()
    keyboard.press("Assign the role")

    expect(said(keyboard)).to_contain_text(f"{number} of {number} changed")
    assert number > 3
    assert rows(without) == [0]


def test_a_permission_is_granted_in_the_matrix(keyboard, rows):
    granted = (
        select(Permission.code)
        .join(Permission.roles)
        .where(Role.name == "helpdesk", Permission.resource == "settings")
    )
    assert rows(granted) == []
    keyboard.open("/roles")
    keyboard.skip()
    if keyboard.window.locator("td button").count():  # which the script adds
        keyboard.reach_box("helpdesk grants settings:read")
        keyboard.tap("Space")
    else:
        keyboard.follow("settings")
        keyboard.tick("helpdesk grants settings:read")
    keyboard.send()
    expect(heading(keyboard)).to_have_text("Review the permissions of helpdesk")
    keyboard.skip()
    keyboard.write("They are asked about it.", into="Reason (optional)")
    keyboard.press("Save the permissions")

    expect(said(keyboard)).to_contain_text("Saved")
    assert rows(granted) == ["settings:read"]


def test_why_somebody_may_not_is_found(keyboard, rows, roles_of):
    keyboard.open("/")
    keyboard.search("priya")
    keyboard.skip()
    keyboard.follow("priya.raghunathan")
    keyboard.skip()
    keyboard.write("settings:update", into="Permission code")
    keyboard.send()

    answer = said(keyboard)
    expect(answer).to_contain_text("No. None of their roles grants settings:update.")
    grants = select(Role.name).where(Role.permissions.any(Permission.code == "settings:update"))
    for name in rows(grants):
        assert name not in roles_of("priya.raghunathan")
        expect(answer).to_contain_text(name)
    keyboard.follow("settings operator")
    expect(heading(keyboard)).to_contain_text("settings operator")


def test_users_are_exported(keyboard, rows):
    keyboard.open("/users")
    keyboard.skip()
    keyboard.choose("Inactive", of="Status")
    keyboard.reach("Apply")
    keyboard.send()
    keyboard.skip()
    keyboard.follow("Export…")
    keyboard.skip()
    keyboard.reach("Download the CSV file")
    with keyboard.window.expect_download() as download:
        keyboard.tap("Enter")

    lines = csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines())
    inactive = rows(select(User.username).where(~User.is_active))
    assert len(inactive) == 3
    assert sorted(line["username"] for line in lines) == sorted(inactive)
    assert rows(select(AuditEvent.actor_name).where(AuditEvent.action == "users:exported")) == [
        "ada"
    ]


def test_theme_and_time_zone_are_switched(keyboard):
    page = keyboard.window.locator("html")
    keyboard.window.emulate_media(color_scheme="light")
    keyboard.open("/users?q=a")
    keyboard.press("Switch to the dark theme")
    expect(keyboard.window).to_have_url(re.compile(r"/users\?q=a$"))
    expect(page).to_have_attribute("data-theme", "dark")

    keyboard.open("/account")
    keyboard.skip()
    keyboard.press("System")
    expect(page).not_to_have_attribute("data-theme", re.compile("."))

    keyboard.go_back("Change the time zone")
    keyboard.send()
    keyboard.skip()
    keyboard.choose("Asia/Kol", of="Time zone")
    keyboard.press("Save time zone")
    expect(said(keyboard)).to_contain_text("Times are shown in Asia/Kolkata.")
    expect(
        keyboard.window.get_by_role("contentinfo").or_(keyboard.window.locator("footer"))
    ).to_contain_text("UTC+5:30")
