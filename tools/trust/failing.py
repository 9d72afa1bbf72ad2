"""An event that cannot be written: nothing is changed, and the answer is clean."""

from flask import Flask
from sqlalchemy import Select, select, text

from app.domain.authentication import passwords, sessions
from app.extensions import db
from app.models import ApplicationSetting, Role, User
from tests.support.browsing import Browser
from tests.support.databases import Database
from tools.trust import consoles
from tools.trust.consoles import Outcome

WHEN = "CREATE TRIGGER trial BEFORE INSERT ON console_audit_events"
REFUSALS = {
    "sqlite": [f"{WHEN} BEGIN SELECT RAISE(ABORT, 'No.'); END"],
    "postgresql": [
        "CREATE FUNCTION trial() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'No.'; END $$",
        f"{WHEN} FOR EACH ROW EXECUTE FUNCTION trial()",
    ],
    "mysql": [f"{WHEN} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'No.'"],
}
TRIAL = "an event that cannot be written: nothing changed, a clean answer"
UNAVAILABLE = 503


def trial(database: Database) -> Outcome:
    """Have the database refuse events, and save on a page and by a command."""
    with consoles.console(database) as app:
        [setting_id] = consoles.add_settings(1)
        browser = signed_in(app)
        page = browser.get(f"/settings/{setting_id}")
        _execute(*REFUSALS[database.name])
        answer = page.submit("edit", value="7")
        done = app.test_cli_runner().invoke(args=["settings", "set", "number_0", "7"])
        db.session.rollback()
        value, events = db.session.scalar(_value(setting_id)), consoles.count_events()
        db.session.rollback()
    is_clean = answer.status_code == UNAVAILABLE and "Traceback" not in answer.html
    is_one_line = done.exit_code == 1 and done.output.count("\n") == 1
    result = f"page {answer.status_code}, command {done.exit_code}, value {value}, {events} events"
    is_kept = is_clean and is_one_line and (value, events) == ("0", 0)
    return Outcome(
        "An event that cannot be written: nothing changed, a clean answer", result, is_kept
    )


def signed_in(app: Flask) -> Browser:
    """Return the browser of an administrator."""
    user = User(username="ada", email="ada@example.org", password_hash=passwords.no_password())
    db.session.connection(execution_options={"write": True})
    user.roles = list(db.session.scalars(select(Role).where(Role.name == "admin")))
    db.session.add(user)
    db.session.flush()
    browser = sessions.Browser(address="127.0.0.1", user_agent="trial")
    token = sessions.start(db.session, user, browser, secret=app.config["SECRET_KEY"])
    db.session.commit()
    client = app.test_client()
    client.set_cookie(app.config["CONSOLE"].cookie("console"), token)
    return Browser(client)


def _execute(*statements: str) -> None:
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


def _value(setting_id: int) -> Select[str | None]:
    return select(ApplicationSetting.value).where(ApplicationSetting.id == setting_id)
