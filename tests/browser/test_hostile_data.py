"""Hostile texts in every column: each page shows them as texts, and runs none of them."""

import json
from urllib.parse import quote

import pytest
from sqlalchemy import String, insert, literal, true, type_coerce, update

from app.models import ApplicationSetting, AuditEvent, Base, ChainHead, ConsoleSession, Role, User
from app.models.user import ADMIN
from tests.browser.crawling import crawl
from tests.browser.guide import Guide
from tests.support.equipment import takes_turns

pytestmark = pytest.mark.browser

CODE = """"'><img src=x onerror=alert(1)>"""
TEXT = f"{CODE}</title></textarea><script>alert(2)</script>{{{{7*7}}}}"
# What the console could not work without: secrets' digests, and the words that it reads as such.
KEPT = {
    *("alembic_version.version_num", "users.password_hash", "application_settings.data_type"),
    *("console_sessions.token_hash", "console_sessions.fingerprint", "console_links.token_hash"),
    *("console_audit_events.before", "console_audit_events.after"),
    *("console_audit_events.target_type", "console_audit_events.action"),
    "console_user_words.word",
}
SHOWN = {
    *("application_settings.key", "application_settings.value", "application_settings.category"),
    *("application_settings.description", "application_settings.data_type"),
    *("users.username", "users.email", "users.full_name", "users.bio"),
    *("roles.name", "roles.description", "permissions.code", "permissions.description"),
    *("permissions.resource", "console_sessions.user_agent", "console_sessions.address"),
    *("console_audit_events.actor_name", "console_audit_events.target_name"),
    *("console_audit_events.reason", "console_audit_events.before", "console_audit_events.after"),
    "console_audit_events.action",
}
MOST_ALIKE = 1 if takes_turns() else 2
# All that can be read, also in fields; what got in as an element instead of a text.
READ = """
() => ({
  text: document.body.innerText + [...document.querySelectorAll("input, textarea, option")]
    .map((one) => one.value + one.textContent).join(""),
  title: document.title,
  foreign: document.querySelectorAll("img, script:not([src]), [onerror], [src='x']").length,
})
"""


def _make_hostile(session, ada):
    """Put a text into every column that holds texts; each names its column, and differs by row."""
    _add_what_no_person_can(session, ada)
    session.execute(update(ChainHead).values(allows_changes=True))
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if isinstance(column.type, String) and name not in KEPT:
                text = literal(f"{name}{TEXT}") + type_coerce(table.c.id, String)
                rows = column != ADMIN if name == "roles.name" else true()
                session.execute(update(table).where(rows).values({column: text}))
    session.commit()


def _add_what_no_person_can(session, ada):
    session.execute(
        insert(ApplicationSetting).values(
            key="of a strange type", value="x", data_type=f"application_settings.data_type{TEXT}"
        )
    )
    for number, action in enumerate(["setting:changed", "role:assigned", "of the future"]):
        before, after = (
            json.dumps({"value": f"console_audit_events.{side}{TEXT}", "roles": [TEXT]})
            for side in ("before", "after")
        )
        session.add(
            AuditEvent(
                actor_kind="person",
                actor_name="x",
                action=f"console_audit_events.action{TEXT}" if number == 2 else action,
                target_type="user" if number == 1 else "setting",
                target_id=ada.id if number == 1 else 1,
                target_name="x",
                before=before,
                after=after,
                reason="x",
            )
        )
    for column in (User.bio, Role.description, ConsoleSession.address):
        session.execute(update(column.class_).where(column.is_(None)).values({column: "x"}))


def test_hostile_texts_are_shown_and_never_run(window, inhabited, ada):
    page = window(ada)
    _make_hostile(inhabited, ada)
    shown, foreign = set(), []
    for url in crawl(page, MOST_ALIKE):
        read = page.evaluate(READ)
        everything = read["title"] + read["text"]
        shown |= {name for name in SHOWN if f"{name}{CODE}" in everything}
        if read["foreign"]:
            foreign.append(url)

    assert foreign == []
    assert shown == SHOWN


def _saved(guide):
    guide.go(guide.setting("llm_model"))
    guide.fill(value=TEXT, reason=TEXT)
    guide.press("Save")


def _conflict(guide):
    guide.go(guide.setting("app_name"))
    guide.fill(value=f"mine {TEXT}", reason=TEXT)
    guide.change_meanwhile("app_name", f"theirs {TEXT}")
    guide.press("Save")


def _refused(guide):
    guide.go(guide.setting("chunk_size"))
    guide.fill(value=TEXT, reason=TEXT)
    guide.press("Save")


def _new_user(guide):
    guide.go("/users/new")
    guide.fill(username=TEXT, email=TEXT, full_name=TEXT, bio=TEXT)
    guide.press("Create the user")


def _review(guide):
    guide.session.execute(update(Role).where(Role.name != ADMIN).values(name=Role.name + TEXT))
    guide.session.commit()
    guide.go(guide.user("vera") + "/roles")
    for box in guide.window.get_by_role("checkbox").all():
        box.click()
    guide.press("Review the change")


FORMS = {
    "saved": _saved,
    "conflict": _conflict,
    "refused": _refused,
    "new user": _new_user,
    "review": _review,
    "settings sought": lambda guide: guide.go(f"/settings?q={quote(TEXT)}&category={quote(TEXT)}"),
    "users sought": lambda guide: guide.go(f"/users?q={quote(TEXT)}&role={quote(TEXT)}"),
}


def test_hostile_texts_come_back_from_every_form_as_texts(window, session, ada, vera):
    guide = Guide(window(ada), session)
    for name, form in FORMS.items():
        form(guide)
        read = guide.window.evaluate(READ)
        assert (read["foreign"], CODE in read["text"]) == (0, True), name
