"""Who gets what answer at every address: one table, checked against the URL map."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.domain.authentication import sessions
from app.models import ApplicationSetting, ConsoleSession, Permission, Role, User
from app.models.base import utcnow
from app.web.access import access_of
from app.web.security import SAFE_METHODS
from tests.conftest import BROWSER, SESSION_COOKIE
from tests.support.contents import digests, events
from tests.support.forms import texts_of
from tests.support.people import person as add_person

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "DELETE")
OUT = {"anonymous", "signed out", "deactivated"}
IN = {"no role", "viewer", "user", "settings operator", "helpdesk", "auditor", "admin"}
EVERYBODY = OUT | IN

# The role templates of the console.
ROLES = {
    "settings operator": ["settings:read", "settings:update"],
    "helpdesk": [
        *("user:create", "user:read", "user:update", "role:read", "role:assign"),
        *("document:create", "document:read", "document:update"),
    ],
    "auditor": ["settings:read", "user:read", "role:read", "audit:read"],
}


@dataclass(frozen=True)
class Address:
    """One rule of the URL map, and who may do what there.

    Attributes:
        path: A path that the rule matches; ``{setting}``, ``{viewer}``, ``{role}`` are ids of rows.
        look: Who may look; None for everybody, signed in or not.
        change: Who may send the form; empty where there is none.
        answer: What the form answers to those who may send it.
        sends: What is sent with the form, besides the CSRF token.
    """

    path: str
    look: frozenset[str] | None
    change: frozenset[str] = frozenset()
    answer: int = 0
    seen: int = 200
    sends: dict[str, str] = field(default_factory=dict)


def only(*names: str) -> frozenset[str]:
    return frozenset({*names, "admin"})


ALL_IN = frozenset(IN)
READS_SETTINGS = only("settings operator", "auditor")
READS_USERS = only("helpdesk", "auditor")
READS_ROLES = only("helpdesk", "auditor")
READS_EVENTS = only("auditor")
CHANGES_SOMETHING = only("settings operator", "helpdesk")
READS_SOMETHING = only("settings operator", "helpdesk", "auditor")
TABLE = {
    "/": Address("/", ALL_IN),
    "/account": Address("/account", ALL_IN),
    "/account/password": Address("/account/password", ALL_IN, ALL_IN, 422),
    "/account/recovery-codes": Address("/account/recovery-codes", ALL_IN, ALL_IN, 409),
    "/account/remove-second-factor": Address("/account/remove-second-factor", ALL_IN, ALL_IN, 409),
    "/account/second-factor": Address("/account/second-factor", ALL_IN, ALL_IN, 409),
    "/account/sessions": Address("/account/sessions", ALL_IN, ALL_IN, 422),
    "/account/keys": Address("/account/keys", ALL_IN, ALL_IN, 303, sends={"keys": "off"}),
    "/account/density": Address(
        "/account/density", ALL_IN, ALL_IN, 303, sends={"density": "compact"}
    ),
    "/account/theme": Address("/account/theme", ALL_IN, ALL_IN, 303, sends={"theme": "dark"}),
    "/account/tokens": Address("/account/tokens", ALL_IN, ALL_IN, 422),
    "/account/zone": Address("/account/zone", ALL_IN, ALL_IN, 303, sends={"zone": "Asia/Tokyo"}),
    "/attention/<name:topic>/put-aside": Address(
        "/attention/none/put-aside", ALL_IN, CHANGES_SOMETHING, 404, seen=404
    ),
    "/attention/<name:topic>/take-up": Address(
        "/attention/none/take-up", ALL_IN, CHANGES_SOMETHING, 404, seen=404
    ),
    "/audit": Address("/audit", READS_EVENTS),
    "/audit/<id:event_id>": Address("/audit/999999", READS_EVENTS, seen=404),
    "/audit/export": Address("/audit/export", READS_EVENTS, READS_EVENTS, 200),
    "/healthz": Address("/healthz", None),
    "/.well-known/security.txt": Address("/.well-known/security.txt", None, seen=404),
    "/help/keys": Address("/help/keys", ALL_IN),
    "/login": Address("/login", None, frozenset(EVERYBODY), 422),
    "/login/second-factor": Address(
        "/login/second-factor", None, frozenset(EVERYBODY), 303, seen=303
    ),
    "/logout": Address("/logout", ALL_IN, ALL_IN, 303),
    "/metrics": Address("/metrics", None, seen=404),
    "/readyz": Address("/readyz", None),
    "/reset/<name:token>": Address("/reset/none", None, frozenset(EVERYBODY), 404, seen=404),
    "/permissions/<name:code>": Address("/permissions/document:read", READS_ROLES),
    "/roles": Address("/roles", READS_ROLES),
    "/roles/<id:role_id>": Address("/roles/{role}", READS_ROLES),
    "/roles/<id:role_id>/delete": Address("/roles/{role}/delete", READS_ROLES, only(), 409),
    "/roles/<id:role_id>/edit": Address("/roles/{role}/edit", READS_ROLES, only(), 409),
    "/roles/<id:role_id>/permissions": Address(
        "/roles/{role}/permissions", READS_ROLES, only(), 303
    ),
    "/roles/compare": Address("/roles/compare", READS_ROLES),
    "/roles/new": Address("/roles/new", only(), only(), 422),
    "/roles/review": Address("/roles/review", READS_ROLES, only(), 303),
    "/roles/restore/<id:event_id>": Address(
        "/roles/restore/999999", READS_ROLES, only(), 404, seen=404
    ),
    "/roles/undo/<id:event_id>": Address("/roles/undo/999999", READS_ROLES, only(), 404, seen=404),
    "/roles/export": Address("/roles/export", READS_USERS, READS_USERS, 200),
    "/search": Address("/search", ALL_IN),
    "/webhooks": Address("/webhooks", READS_EVENTS),
    "/webhooks/new": Address("/webhooks/new", READS_EVENTS, only(), 422),
    "/webhooks/<id:webhook_id>": Address("/webhooks/999999", READS_EVENTS, only(), 404, seen=404),
    "/webhooks/<id:webhook_id>/delete": Address(
        "/webhooks/999999/delete", READS_EVENTS, only(), 404, seen=404
    ),
    "/webhooks/<id:webhook_id>/key": Address(
        "/webhooks/999999/key", READS_EVENTS, only(), 404, seen=404
    ),
    "/webhooks/<id:webhook_id>/test": Address(
        "/webhooks/999999/test", READS_EVENTS, only(), 404, seen=404
    ),
    "/webhooks/<id:webhook_id>/delivery/<id:delivery_id>": Address(
        "/webhooks/999999/delivery/999999", READS_EVENTS, only(), 404, seen=404
    ),
    "/settings": Address("/settings", READS_SETTINGS),
    "/settings/<id:setting_id>": Address(
        "/settings/{setting}", READS_SETTINGS, only("settings operator"), 409
    ),
    "/settings/<id:setting_id>/history": Address("/settings/{setting}/history", READS_SETTINGS),
    "/settings/deleted": Address("/settings/deleted", READS_SETTINGS),
    "/settings/<id:setting_id>/delete": Address(
        "/settings/{setting}/delete", READS_SETTINGS, only(), 409
    ),
    "/settings/<id:setting_id>/rule": Address(
        "/settings/{setting}/rule", READS_SETTINGS, only("settings operator"), 422
    ),
    "/settings/<id:setting_id>/secret": Address(
        "/settings/{setting}/secret", READS_SETTINGS, only("settings operator"), 422
    ),
    "/settings/relation": Address(
        "/settings/relation", READS_SETTINGS, only("settings operator"), 422
    ),
    "/settings/relation/<id:relation_id>": Address(
        "/settings/relation/999999", READS_SETTINGS, only("settings operator"), 404, seen=404
    ),
    "/settings/remove-relation/<id:relation_id>": Address(
        "/settings/remove-relation/999999", READS_SETTINGS, only("settings operator"), 404, seen=404
    ),
    "/settings/rules": Address("/settings/rules", READS_SETTINGS, only("settings operator"), 409),
    "/settings/past": Address("/settings/past", READS_SETTINGS, only("settings operator"), 422),
    "/settings/new": Address("/settings/new", only(), only(), 422),
    "/settings/restore/<id:event_id>": Address(
        "/settings/restore/999999", READS_SETTINGS, only(), 404, seen=404
    ),
    "/settings/review": Address("/settings/review", READS_SETTINGS, only("settings operator"), 303),
    "/settings/undo/<id:event_id>": Address(
        "/settings/undo/999999", READS_SETTINGS, only("settings operator"), 404, seen=404
    ),
    "/setup/<name:token>": Address("/setup/none", None, frozenset(EVERYBODY), 404, seen=404),
    "/static/<path:filename>": Address("/static/app.css", None),
    "/transfer": Address("/transfer", ALL_IN),
    "/transfer/compare": Address("/transfer/compare", ALL_IN, READS_SOMETHING, 422),
    "/transfer/env": Address("/transfer/env", READS_SETTINGS, only("settings operator"), 422),
    "/transfer/import": Address("/transfer/import", ALL_IN, CHANGES_SOMETHING, 422),
    "/transfer/export": Address("/transfer/export", ALL_IN, READS_SOMETHING, 422),
    "/users": Address("/users", READS_USERS, only("helpdesk"), 200),
    "/transfer/users": Address("/transfer/users", only("helpdesk"), only("helpdesk"), 422),
    "/users/<id:user_id>": Address("/users/{viewer}", READS_USERS),
    "/users/<id:user_id>/activate": Address(
        "/users/{viewer}/activate", READS_USERS, only("helpdesk"), 303
    ),
    "/users/<id:user_id>/deactivate": Address(
        "/users/{viewer}/deactivate", READS_USERS, only("helpdesk"), 303
    ),
    "/users/<id:user_id>/delete": Address("/users/{viewer}/delete", READS_USERS, only(), 409),
    "/users/<id:user_id>/edit": Address("/users/{viewer}/edit", READS_USERS, only("helpdesk"), 409),
    "/users/<id:user_id>/history": Address("/users/{viewer}/history", READS_USERS),
    "/users/<id:user_id>/offboard": Address(
        "/users/{viewer}/offboard", READS_USERS, only("helpdesk"), 303
    ),
    "/users/<id:user_id>/reset": Address(
        "/users/{viewer}/reset", READS_USERS, only("helpdesk"), 201
    ),
    "/users/<id:user_id>/roles": Address(
        "/users/{viewer}/roles", READS_USERS, only("helpdesk"), 409
    ),
    "/users/<id:user_id>/sessions": Address(
        "/users/{viewer}/sessions", only("helpdesk"), only("helpdesk"), 422
    ),
    "/users/<id:user_id>/tokens": Address(
        "/users/{viewer}/tokens", only("helpdesk"), only("helpdesk"), 409
    ),
    "/tokens": Address("/tokens", only("helpdesk"), only("helpdesk"), 404),
    "/users/bulk": Address("/users/bulk", READS_USERS, only("helpdesk"), 422),
    "/users/choose": Address("/users/choose", READS_USERS, only("helpdesk"), 422),
    "/users/undo/<id:event_id>": Address(
        "/users/undo/999999", READS_USERS, only("helpdesk"), 404, seen=404
    ),
    "/users/export": Address("/users/export", READS_USERS, READS_USERS, 200),
    "/users/new": Address("/users/new", only("helpdesk"), only("helpdesk"), 422),
}

# Whoever sends these forms has to have authenticated not long ago.
SENSITIVE = {
    *("/account/second-factor", "/account/recovery-codes", "/account/remove-second-factor"),
    *("/account/tokens", "/tokens", "/users/<id:user_id>/tokens"),
    *("/roles/new", "/roles/<id:role_id>/edit", "/roles/<id:role_id>/delete"),
    *("/roles/<id:role_id>/permissions", "/roles/review", "/roles/undo/<id:event_id>"),
    "/roles/restore/<id:event_id>",
    *("/users/new", "/users/<id:user_id>/roles", "/users/<id:user_id>/reset"),
    *("/users/<id:user_id>/offboard", "/users/bulk", "/users/undo/<id:event_id>"),
    *("/transfer/import", "/transfer/users", "/settings/<id:setting_id>/secret"),
    *("/webhooks/new", "/webhooks/<id:webhook_id>", "/webhooks/<id:webhook_id>/key"),
    "/webhooks/<id:webhook_id>/delete",
}
# The same, if the setting is a secret; with the fields that say so.
SENSITIVE_AT_TIMES = {
    "/settings/<id:setting_id>": {},
    "/settings/<id:setting_id>/delete": {},
    "/settings/new": {"key": "billing_api_key", "value": "sk-4711"},
}
# The same, for whoever has a second factor: it asks for the password alone (test_password.py).
SENSITIVE_WITH_SECOND_FACTOR = {"/account/password"}


def expected(address: Address, method: str, who: str) -> int:
    """The answer that the table promises."""
    if method == "OPTIONS":
        method_answer = 200
    elif method in SAFE_METHODS:
        method_answer = address.seen
    elif method == "POST" and address.change:
        method_answer = address.answer
    else:
        return 405
    if address.look is None:
        return _of_a_public_page(address, method, who, method_answer)
    if who in OUT:
        return 303
    may = who in address.look and (method in SAFE_METHODS or who in address.change)
    return method_answer if may else 403


def _of_a_public_page(address, method, who, answer):
    is_in_already = address.path == "/login" and who in IN and method in {"GET", "HEAD"}
    return 303 if is_in_already else answer


@pytest.fixture
def everyone(session):
    """Each of the people of the table, by what they are called there."""
    for name, codes in ROLES.items():
        granted = session.scalars(select(Permission).where(Permission.code.in_(codes))).all()
        assert len(granted) == len(codes)
        session.add(Role(name=name, permissions=list(granted)))
    session.commit()
    people = {
        name: add_person(session, name.replace(" ", "-"), roles=[name]) for name in IN - {"no role"}
    }
    people |= {
        name: add_person(session, name.replace(" ", "-"), roles=["admin"])
        for name in ("signed out", "deactivated")
    }
    return people | {"no role": add_person(session, "no-role")}


# A view that is refused asks the database for nothing of its own: one tells it for all.
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_whoever_may_not_is_refused_and_nothing_changes(app, session, everyone, visitor, who):
    user, paths = everyone.get(who), paths_of(session, everyone)
    give_session(app, session, visitor, user, who)
    token, before = visitor.csrf_token(), digests(session.get_bind())
    promised = {(method, rule): status for method, rule, status in cells(who, refused=True)}

    answers = {
        (method, rule): ask(visitor, method, paths[rule], TABLE[rule].sends, token)
        for method, rule in promised
    }

    assert {cell: answer.status_code for cell, answer in answers.items()} == promised
    sent_away = [answer.location for answer in answers.values() if answer.status_code == 303]
    assert all(location.startswith("/login") for location in sent_away)
    assert digests(session.get_bind()) == before
    denied = [paths[rule] for (_, rule), status in promised.items() if status == 403]
    assert [(event.action, event.actor, event.target) for event in events(session)] == [
        ("permission:denied", user.username, path) for path in denied
    ]


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_whoever_may_is_let_in(app, session, everyone, visitor, who):
    paths = paths_of(session, everyone)
    token = visitor.csrf_token()
    wrong = []

    for method, rule, status in cells(who, refused=False):
        give_session(app, session, visitor, everyone.get(who), who)
        answer = ask(visitor, method, paths[rule], TABLE[rule].sends, token)
        if answer.status_code != status:
            wrong.append(f"{method} {paths[rule]}: {answer.status_code}, not {status}")

    assert wrong == []
    assert "permission:denied" not in {event.action for event in events(session)}


@pytest.mark.only_on("sqlite")
def test_the_table_names_every_address_and_nothing_else(app):
    assert set(TABLE) == {rule.rule for rule in rules_of_pages(app)}


@pytest.mark.only_on("sqlite")
def test_the_table_knows_every_method(app):
    takes_forms = {rule.rule for rule in rules_of_pages(app) if "POST" in rule.methods}

    assert {method for rule in rules_of_pages(app) for method in rule.methods} <= set(METHODS)
    assert takes_forms == {rule for rule, address in TABLE.items() if address.change}


def test_what_gives_access_waits_for_a_recent_authentication(app, session, everyone, visitor):
    give_session(app, session, visitor, everyone["admin"], "admin")
    token, paths = visitor.csrf_token(), paths_of(session, everyone)
    session.execute(update(ConsoleSession).values(authenticated_at=utcnow() - timedelta(hours=1)))
    session.commit()
    session.execute(
        update(ApplicationSetting)
        .where(ApplicationSetting.key == "chunk_size")
        .values(key="an_api_key")
    )
    session.commit()
    before = digests(session.get_bind())
    rules = {rule: {} for rule in SENSITIVE} | SENSITIVE_AT_TIMES

    answers = {rule: ask(visitor, "POST", paths[rule], rules[rule], token) for rule in rules}

    assert {rule: answer.status_code for rule, answer in answers.items()} == dict.fromkeys(
        rules, 401
    )
    assert digests(session.get_bind()) == before
    declared = {
        rule.rule for rule in rules_of_pages(app) if access_of(app, rule.endpoint).is_sensitive
    }
    assert declared == set(rules) | SENSITIVE_WITH_SECOND_FACTOR


@pytest.mark.only_on("sqlite")
def test_no_form_is_looked_at_without_its_token(app, session, everyone, visitor):
    give_session(app, session, visitor, everyone["admin"], "admin")
    before = digests(session.get_bind())

    for path, sends in forms(session, everyone):
        for token in ("", "wrong"):
            assert ask(visitor, "POST", path, sends, token).status_code == 400, path

    assert digests(session.get_bind()) == before


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_form_is_taken_from_another_site(app, session, everyone, visitor, foreign):
    give_session(app, session, visitor, everyone["admin"], "admin")
    token, before = visitor.csrf_token(), digests(session.get_bind())

    for path, sends in forms(session, everyone):
        assert ask(visitor, "POST", path, sends, token, foreign).status_code == 403, path

    assert digests(session.get_bind()) == before


def rules_of_pages(app):
    """All rules but those of the API, which tests/api/test_requests.py asks in the same way."""
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("api.")]


def forms(session, everyone):
    """The path of every form, and what is sent with it."""
    paths = paths_of(session, everyone)
    return [(paths[rule], address.sends) for rule, address in TABLE.items() if address.change]


def cells(who, *, refused):
    """Every method and address with the answer of the table: the refusals, or the others."""
    for rule, address in TABLE.items():
        for method in METHODS:
            status = expected(address, method, who)
            is_refusal = status in {403, 405} or (who in OUT and address.look is not None)
            if is_refusal is refused:
                yield method, rule, status


def paths_of(session, everyone):
    """A path for every rule, with ids of rows that there are."""
    setting = select(ApplicationSetting.id).where(ApplicationSetting.key == "chunk_size")
    role = select(Role.id).where(Role.name == "auditor")
    ids = {"setting": session.scalars(setting).one(), "viewer": everyone["viewer"].id}
    ids |= {"role": session.scalars(role).one()}
    return {rule: address.path.format(**ids) for rule, address in TABLE.items()}


def ask(browser, method, path, sends, csrf_token, headers=None):
    """Send a request with nothing in it but a token that is good."""
    pairs = [(name, text) for name, value in sends.items() for text in texts_of(value)]
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"} | (headers or {})
    sent = {} if method in SAFE_METHODS else {"data": dict([*pairs, ("csrf_token", csrf_token)])}
    answer = browser._open(path, method, headers=own, **sent)
    answer.response.close()
    return answer


def give_session(app, session, browser, user, who):
    """Sign the person in anew; with some, that does not last."""
    if user is None:
        return
    session.execute(delete(ConsoleSession))
    session.execute(update(User).where(User.id == user.id).values(is_active=True))
    session.expire_all()
    token = sessions.start(session, user, BROWSER, secret=app.config["SECRET_KEY"])
    session.flush()
    if who == "signed out":
        session.execute(delete(ConsoleSession))
    if who == "deactivated":
        session.execute(update(User).where(User.id == user.id).values(is_active=False))
    session.commit()
    browser.client.set_cookie(SESSION_COOKIE, token)
