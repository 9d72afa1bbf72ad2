"""Secrets among the settings in the API: set, replaced and removed unseen, and marked."""

import pytest

from app.domain import settings
from app.domain.settings import SecretKeys
from tests.support.contents import events
from tests.support.settings import stored

SECRET, ONE = "/settings/mail_api_key", "/settings/chunk_size"
MARK = f"{ONE}/secret"
KEYS = SecretKeys(bytes(range(32)))
IN_CLEAR = "Its value is stored in clear and would be shown. Replace or remove it first."
TYPED = "sk-live-planted-4711"


@pytest.fixture
def keyed(session):
    """Gives the console a key for secrets."""
    engine = session.get_bind()
    engine.update_execution_options(**{settings.KEYS: KEYS})
    yield
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})


@pytest.fixture
def api(program, ada):
    """An administrator's program, for which there is a secret that is not set."""
    api = program(ada)
    new = {"key": "mail_api_key", "data_type": "string", "unset": True}
    assert api.send("POST", "/settings", new).json["is_secret"]
    return api


def marking(api, method, body=None):
    """Mark a setting as a program does that has read it."""
    return api.send(method, MARK, body, If_Match=api.get(ONE).headers["ETag"])


@pytest.mark.usefixtures("keyed")
def test_a_secret_is_set_replaced_and_removed_unseen(api, session):
    for body in ({"value": TYPED}, {"text": f"{TYPED}-2", "reason": "It leaked."}):
        answer = api.change("PUT", SECRET, body)
        assert (answer.status_code, answer.json["is_set"], answer.json["value"]) == (
            200,
            True,
            None,
        )
        assert KEYS.decrypted(stored(session, "mail_api_key")["value"]) == next(iter(body.values()))
    assert api.change("PUT", SECRET, {"unset": True}).json["is_set"] is False

    assert stored(session, "mail_api_key")["value"] is None
    assert [(event.before, event.after) for event in events(session)[-3:]] == [
        ({"is_set": False}, {"is_set": True}),
        ({"is_set": True}, {"is_set": True}),
        ({"is_set": True}, {"is_set": False}),
    ]
    for path in (SECRET, f"{SECRET}/history", "/audit", "/settings"):
        assert TYPED not in api.get(path).text


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({"value": ""}, "#/value", "Nothing was entered."),
        ({"text": "v1:gAAAAABm4711"}, "#/text", "This value is encrypted already."),
    ],
)
def test_a_secret_that_is_not_valid_is_refused_unrepeated(api, session, body, pointer, detail):
    answer = api.change("PUT", SECRET, body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert answer.json["detail"].startswith(detail)
    assert "4711" not in answer.text
    assert stored(session, "mail_api_key")["value"] is None


def test_without_a_key_a_secret_is_read_only(api, session):
    answer = api.change("PUT", SECRET, {"value": TYPED})

    assert (answer.status_code, TYPED in answer.text) == (409, False)
    assert "the console cannot change it without MASTER_ENCRYPTION_KEY." in answer.json["detail"]
    assert stored(session, "mail_api_key")["value"] is None


@pytest.mark.usefixtures("keyed")
def test_secrets_are_changed_one_by_one(api):
    etag = api.get(SECRET).json["etag"]

    answer = api.send(
        "PATCH", "/settings", {"settings": {"mail_api_key": {"text": "a", "etag": etag}}}
    )

    assert answer.status_code == 409
    assert answer.json["errors"][0]["pointer"] == "#/settings/mail_api_key"


def test_a_setting_is_marked_and_unmarked(api, session, statements):
    with statements.at_most(20):
        marked = marking(api, "PUT", {"reason": "It names a partner."})
    assert (marked.json["is_secret"], marked.json["value"]) == (True, None)
    assert marking(api, "PUT").status_code == 200
    assert "1000" not in api.get(f"{ONE}/history").text
    [event] = [each for each in events(session) if each.action == "setting:marked-secret"]
    assert (event.target, event.reason) == ("chunk_size", "It names a partner.")

    refused = marking(api, "DELETE")
    assert (refused.status_code, refused.json["detail"]) == (
        409,
        f"chunk_size stays a secret. {IN_CLEAR}",
    )
    assert events(session)[-1].action == "change:refused"


@pytest.mark.usefixtures("keyed")
def test_a_mark_is_removed_once_it_hides_nothing(api):
    marking(api, "PUT")
    api.change("PUT", ONE, {"unset": True})

    assert marking(api, "DELETE").json["is_secret"] is False


def test_marks_need_the_permission_and_the_present_version(api, program, person, session):
    etag = api.get(ONE).headers["ETag"]
    api.change("PUT", ONE, {"value": 900})
    reader = program(person("rita", permissions=["settings:read"]))

    for method in ("PUT", "DELETE"):
        assert api.send(method, MARK).status_code == 428
        assert api.send(method, MARK, If_Match=etag).status_code == 412
        assert marking(api, method, {"reason": "x" * 501}).status_code == 422
        assert api.send(method, "/settings/nothing/secret", If_Match="*").status_code == 404
        assert reader.send(method, MARK, If_Match="*").status_code == 403
        assert events(session)[-1].action == "permission:denied"
