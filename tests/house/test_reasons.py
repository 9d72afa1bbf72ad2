"""Every form that changes something asks for the reason, or stands below with why it does not."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from app.api.endpoint import ENDPOINTS
from app.domain import settings, webhooks
from app.domain.webhooks import SUBJECTS, WebhookEdit
from app.models import Role, ValueRelation
from tests.support.assigning import set_roles
from tests.support.contents import recorded
from tests.support.people import acting
from tests.support.tokens import token_of

pytestmark = pytest.mark.only_on("sqlite")
FILE = "format: rag-fortress-console/1\nsettings:\n- key: chunk_size\n  value: '900'\n"
PART = re.compile(r"<(?:\w+:)?(\w+)>")
SIGNING_IN = "Signing in and out, and choosing one's own password or codes."
OWN_VIEW = "The looks of the console in one browser; nothing is recorded."
NO_CHANGE = "It only reads."
GOES_ON = "It chooses what another page changes."
WITHOUT = {
    **dict.fromkeys(("auth.login", "auth.logout", "auth.second_factor"), SIGNING_IN),
    **dict.fromkeys(("auth.reset", "auth.setup", "account.password"), SIGNING_IN),
    **dict.fromkeys(("account.second_factor", "account.recovery_codes"), SIGNING_IN),
    "account.remove_second_factor": SIGNING_IN,
    **dict.fromkeys(("account.theme", "account.density", "account.keys"), OWN_VIEW),
    "account.zone": OWN_VIEW,
    **dict.fromkeys(("audit.export", "roles.export", "users.export"), NO_CHANGE),
    **dict.fromkeys(("transfer.export", "transfer.compare"), NO_CHANGE),
    **dict.fromkeys(("users.choose", "users.index", "settings.past", "transfer.env"), GOES_ON),
}
# What is entered on these pages is reviewed first, and the review asks: the form, and its fields.
REVIEWED = {
    "roles.permissions": ("/roles/{role}/permissions", "permissions-form", {"permissions": ["1"]}),
    "roles.review": ("/roles", "matrix", {"grants": []}),
    "settings.relation": ("/settings/relation", "relation-form", {"expression": "top_k > 0"}),
    "settings.review": ("/settings?edit=all&q=chunk_size", "sheet", {"{setting}-value": "900"}),
    "settings.rule": ("/settings/{setting}/rule", "rule-form", {"minimum": "7"}),
    "transfer.import": ("/transfer/import", None, {"text": FILE}),
    "transfer.users": ("/transfer/users", None, {"csv_text": "username,email\nno,no@example.org"}),
    "users.bulk": ("/users", "ticked", {"users": ["{user}"], "action": "deactivate"}),
    "users.roles": ("/users/{user}/roles", "roles-form", {"roles": []}),
}
# The pages that undo what an event records.
UNDOING = {
    "setting:changed": "/settings/undo/{}",
    "setting:deleted": "/settings/restore/{}",
    "permission:revoked": "/roles/undo/{}",
    "role:deleted": "/roles/restore/{}",
    "role:assigned": "/users/undo/{}",
}
ASIDE = "/attention/users/put-aside"
# Requests of the API that only read.
READING = {"/check", "/chosen-users", "/transfer-file/compare"}


@pytest.fixture
def ids(session, ada, vera, person):
    """An id for each part of a path, of rows that can be changed."""
    team, edit = Role(name="team"), WebhookEdit("listener", "https://receiver.example/", SUBJECTS)
    session.add(team)
    webhook = webhooks.create(session, edit, actor=acting(ada))[0]
    webhooks.send_test(session, webhook.id, None, actor=acting(ada))
    for owner in (ada, vera):
        token_of(session, owner)
    setting = settings.by_key(session, "chunk_size")
    relation = session.scalars(select(ValueRelation)).one()
    rows = {"user": vera, "role": team, "setting": setting, "relation": relation}
    session.commit()
    return {"webhook": webhook.id, "delivery": 1} | {name: row.id for name, row in rows.items()}


@pytest.fixture
def browser(sign_in, ada, vera):
    """The browser of ada, while vera is signed in too."""
    sign_in(vera)
    return sign_in(ada)


def sent(browser, ids, endpoint):
    """Return the review of what is entered on a page."""
    path, form, fields = REVIEWED[endpoint]
    filled = {name.format(**ids): _filled(value, ids) for name, value in fields.items()}
    return browser.submit(path.format(**ids), form, **filled)


def _filled(value, ids):
    return [text.format(**ids) for text in value] if isinstance(value, list) else value


@pytest.fixture
def past(browser, session, ids, ada, vera, omar, person):
    """The paths of pages that appear when something has happened."""
    idle = person("idle", is_active=False)
    for endpoint in ("settings.review", "roles.review"):
        saved = sent(browser, ids, endpoint).submit(confirmed=1)
        assert saved.status_code == 303
    deleted = settings.by_key(session, "log_level")
    browser.submit(f"/settings/{deleted.id}/delete", key="log_level")
    set_roles(session, vera, "user", by=ada)
    gone = Role(name="gone")
    session.add(gone)
    session.commit()
    browser.submit(f"/roles/{gone.id}/delete", "delete-form", name="gone")
    found = {event.action: event.id for event in recorded(session)}
    undoing = [path.format(found[action]) for action, path in UNDOING.items()]
    return [*undoing, f"/users/{idle.id}/activate", ASIDE]


def forms_of(app, page):
    """Yield the endpoint of each form of a page, and whether it has a reason."""
    adapter = app.url_map.bind("localhost")
    for form in page.forms:
        if form.method == "post":
            path = urlsplit(urljoin(page.path, form.action or page.path)).path
            fields = [one for one in form.named("reason") if one.kind != "hidden" or one.value]
            yield adapter.match(path, method="POST")[0], bool(fields)


def unasked(app, pages):
    """Return the endpoints of forms without a reason, and those of all forms."""
    found = [form for page in pages for form in forms_of(app, page)]
    return {endpoint for endpoint, asks in found if not asks}, {endpoint for endpoint, _ in found}


def paths(app, ids):
    """Yield the path of every page that the ids lead to, but not the one that signs out."""
    for rule in app.url_map.iter_rules():
        parts = {name: ids.get(name.removesuffix("_id")) for name in PART.findall(rule.rule)}
        is_page = "GET" in rule.methods and not rule.endpoint.startswith(("api.", "auth.logout"))
        if is_page and all(parts.values()):
            yield PART.sub(lambda found, parts=parts: str(parts[found[1]]), rule.rule)


def test_every_form_that_changes_something_asks_for_the_reason(app, browser, ids, past):
    pages = [browser.get(path) for path in [*paths(app, ids), *past]]
    pages[-1].submit(to=ASIDE, reason="Known.")
    pages.append(browser.get("/attention/users/take-up"))
    changing = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    changing = {endpoint for endpoint in changing if not endpoint.startswith("api.")}

    without, found = unasked(app, pages)

    assert without - WITHOUT.keys() - REVIEWED.keys() == set()
    assert changing - found - WITHOUT.keys() - REVIEWED.keys() == set()
    assert (WITHOUT.keys() | REVIEWED.keys()) - changing == set()


@pytest.mark.parametrize("endpoint", REVIEWED)
def test_a_review_asks_for_the_reason(app, browser, ids, endpoint):
    without, found = unasked(app, [sent(browser, ids, endpoint)])

    assert found - WITHOUT.keys() == {endpoint}
    assert without - WITHOUT.keys() == set()


def test_a_form_without_a_reason_is_noticed(app, browser):
    without, _ = unasked(app, [browser.get("/account/keys")])

    assert "account.keys" in without


def test_every_request_of_the_api_that_changes_something_takes_a_reason():
    changing = [one for one in ENDPOINTS if one.method != "GET" and one.path not in READING]

    assert [f"{one.method} {one.path}" for one in changing if "reason" not in one.fields] == []
