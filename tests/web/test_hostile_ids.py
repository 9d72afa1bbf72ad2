"""Ids, names and texts that nobody means: in every path, query and form, on every database."""

import base64
import json
import re
from urllib.parse import quote, urljoin

import pytest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import NotFound

from app.domain import users
from tests.support.people import acting
from tests.support.tokens import token_of

NOT_IDS = ["0", "-1", "1.0", "1\n", "1_0", "١", "１", "2147483648", "9" * 20]
TEXTS = ["a\0b", "١", "9" * 20]
KEYS = [[10**30, 5], [True, 5], ["a\0", 5], ["a", 10**30], ["a", True], [1.5, 5], ["9999-12-31", 5]]
CURSORS = [base64.urlsafe_b64encode(json.dumps(key).encode()).decode() for key in KEYS]
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# It ends the session.
LEFT_OUT = {"/logout"}


@pytest.fixture
def rows(session, ada, vera, omar, person):
    """Ids and names for every kind of path."""
    person("nora", roles=["user"])
    token = users.start_reset(session, omar.id, actor=acting(ada))[1]
    session.commit()
    ids = {"user_id": vera.id, "role_id": 2, "setting_id": 1, "event_id": 1, "relation_id": 1}
    ids |= {"webhook_id": 1, "delivery_id": 1}
    names = {"username": "vera", "name": "user", "role": "user", "key": "chunk_size"}
    others = {"code": "document:read", "topic": "users", "token": token, "filename": "app.css"}
    return ids | names | others


@pytest.fixture
def visit(sign_in, session):
    """Gives a person a browser that is signed in, and has a token of theirs for the API."""

    def visit(who):
        browser = sign_in(who)
        browser.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_of(session, who)}"
        session.commit()
        return browser

    return visit


def paths(app, rows, **changed):
    """Yield the path of everything that can be read, with some of its parts changed."""
    parts = rows | changed
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        if not changed or changed.keys() & set(PART.findall(rule.rule)):
            yield PART.sub(lambda found: quote(str(parts[found[1]]), safe=""), rule.rule)


def test_what_is_no_id_is_no_page(app, visit, ada, rows):
    browser, ids = visit(ada), [name for name in rows if name.endswith("_id")]

    wrong = {
        path: status
        for text in NOT_IDS
        for path in paths(app, rows, **dict.fromkeys(ids, text))
        if (status := browser.get(path).status_code) != 404
    }

    assert wrong == {}


@pytest.mark.parametrize(
    "name", ["code", "topic", "token", "filename", "username", "name", "role", "key"]
)
def test_what_is_no_name_is_no_page_and_no_fault(app, visit, ada, person, rows, name):
    browsers = [visit(ada), visit(person("iris", permissions=["user:read"]))]

    wrong = {
        (path[:80], status)
        for text in ["\0", "a\0b", "\0document:read", "document:read\0", "a" * 300, "\x7f"]
        for path in paths(app, rows, **{name: text})
        for browser in browsers
        if (status := browser.get(path).status_code) != 404
        # The API tells who may not read before it looks.
        and (browser is browsers[0] or status != 403)
    }

    assert wrong == set()


def test_no_query_is_a_fault(app, visit, ada, rows, monkeypatch):
    asked = set()

    class Noted(ImmutableMultiDict):
        def get(self, key, *arguments, **options):
            asked.add(key)
            return super().get(key, *arguments, **options)

    monkeypatch.setattr(app.request_class, "parameter_storage_class", Noted)
    browser, faults, tried = visit(ada), [], 0

    for path in paths(app, rows):
        asked.clear()
        browser.get(path, nothing="1").response.close()
        for name in sorted(asked):
            values = TEXTS + CURSORS * (name in {"after", "before"})
            for text in values:
                answer = browser.get(path, **{name: text})
                answer.response.close()
                tried += 1
                if answer.status_code >= 500:
                    faults.append((path, name, text[:40], answer.status_code))

    assert faults == []
    assert tried > 100


@pytest.mark.parametrize(
    "path", ["/users/0", "/users/2147483648", "/users/9999999999", "/reset/a\0b", "/setup/\ud800"]
)
def test_what_no_row_can_have_is_no_path(app, path):
    with pytest.raises(NotFound):
        app.url_map.bind("localhost").match(path)


def test_no_field_is_a_fault(app, sign_in, ada, rows):
    browser, faults, tried = sign_in(ada), [], set()

    waiting = [browser.get(path) for path in paths(app, rows) if path not in LEFT_OUT]
    while waiting:
        page = waiting.pop()
        for form in page.forms if "html" in page.headers.get("Content-Type", "") else ():
            action, pairs = form.filled({})
            target = urljoin(page.path, action or page.path)
            for name in sorted({name for name, _ in pairs} | {one.name for one in form.controls}):
                if form.method != "post" or target in LEFT_OUT or name in {"", "csrf_token"}:
                    continue
                key = (target.partition("?")[0], form.id, name.lstrip("0123456789"))
                if key in tried:
                    continue
                tried.add(key)
                others = [pair for pair in pairs if pair[0] != name]
                for text in TEXTS[::2]:
                    answer = browser.send("post", target, [*others, (name, text)])
                    if answer.status_code >= 500:
                        faults.append((target, name, text[:20], answer.status_code))
                waiting.append(browser.send("post", target, pairs))

    assert faults == []
    assert {"session", "roles", "permissions", "grants", "users", "etag", "next"} <= {
        name for _, _, name in tried
    }


@pytest.mark.parametrize("text", ["9" * 20, "١", "0", "", "1\0", "x"])
def test_a_session_that_cannot_be_is_named(sign_in, ada, vera, text):
    browser = sign_in(ada)

    for path in ("/account/sessions", f"/users/{vera.id}/sessions"):
        answer = browser.post(path, session=text)
        assert answer.status_code == 422
        assert "Choose the session to end." in answer.text
