"""The page that creates a setting."""

import re

import pytest
from sqlalchemy import func, select

from app.models import ApplicationSetting, SettingRule
from tests.support.contents import events
from tests.support.past_settings import take_start

PATH = "/settings/new"


def setting(session, key):
    return session.scalars(
        select(ApplicationSetting).where(ApplicationSetting.key == key)
    ).one_or_none()


def how_many(session):
    return session.scalar(select(func.count(ApplicationSetting.id)))


def test_a_setting_is_created_and_shown(sign_in, ada, session):
    page = sign_in(ada).submit(
        PATH,
        key="rerank_top_k",
        data_type="integer",
        category="retrieval",
        description="How many passages are ranked again.",
        value=" 08 ",
        reason="The new ranker.",
    )

    made = setting(session, "rerank_top_k")
    assert page.location == f"/settings/{made.id}"
    assert (made.data_type, made.category, made.value) == ("integer", "retrieval", "8")
    assert made.description == "How many passages are ranked again."
    assert made.is_mutable
    assert "Created rerank_top_k." in page.follow().text


def test_creating_is_recorded_with_all_fields(sign_in, ada, session):
    sign_in(ada).submit(PATH, key="greeting", value="Hello", reason="To be kind.")

    [made] = events(session)
    assert (made.action, made.actor, made.target) == ("setting:created", "ada", "greeting")
    assert made.reason == "To be kind."
    assert made.after == {
        "key": "greeting",
        "value": "Hello",
        "data_type": "string",
        "category": None,
        "description": None,
        "is_mutable": True,
    }


def test_the_way_there_is_for_those_who_may_create(sign_in, ada, person):
    lucy = person("lucy", permissions=["settings:read", "settings:update"])

    assert sign_in(ada).get("/settings").link("New setting") == PATH
    assert PATH not in sign_in(lucy).get("/settings").links
    assert sign_in(lucy).get(PATH).status_code == 403


def test_who_may_create_and_not_look_is_led_home(sign_in, person, session):
    cleo = person("cleo", permissions=["settings:create"])
    browser = sign_in(cleo)

    assert "document_processing" not in browser.get(PATH).html
    assert browser.submit(PATH, key="from_cleo", value="x").location == "/"
    assert setting(session, "from_cleo").value == "x"


def test_the_categories_that_there_are_are_offered(sign_in, ada):
    page = sign_in(ada).get(PATH)

    assert 'list="categories"' in page.html
    assert '<option value="document_processing">' in page.html


@pytest.mark.parametrize("key", ["a", "a1", "llm.model-v2_x", "x" * 255, "  trimmed  "])
def test_a_good_key_is_taken(sign_in, ada, session, key):
    assert sign_in(ada).submit(PATH, key=key, value="1").status_code == 303
    assert setting(session, key.strip()) is not None


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("", "The key is empty."),
        ("   ", "The key is empty."),
        ("1st", "A key starts with a lowercase letter"),
        ("Chunk", "A key starts with a lowercase letter"),
        ("two words", "A key starts with a lowercase letter"),
        ("schlüssel", "A key starts with a lowercase letter"),
        ("a/b", "A key starts with a lowercase letter"),
        ("a\nb", "cannot be stored"),
        ("x" * 256, "at most 255 fit"),
        ("chunk_size", "A setting named chunk_size already exists."),
    ],
)
def test_a_bad_key_is_refused_beside_its_field(sign_in, ada, session, key, sentence):
    before = how_many(session)

    page = sign_in(ada).submit(PATH, key=key, value="kept")

    assert page.status_code == 422
    assert sentence in page.text
    assert re.search(r'<input[^>]*aria-invalid="true"[^>]*name="key"|name="key"', page.html)
    assert page.value("value") == "kept"
    assert how_many(session) == before
    assert events(session) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"data_type": "integer", "value": "many"}, "is not a whole number"),
        ({"data_type": "integer", "value": ""}, "The value is empty."),
        ({"data_type": "json", "value": "[1,]"}, "not valid JSON"),
        ({"value": "x" * 65_536}, "65,536 bytes"),
        ({"description": "x" * 65_536}, "The description takes 65,536 bytes"),
        ({"category": "x" * 101}, "at most 100 fit"),
        ({"reason": "x" * 501}, "at most 500 fit"),
        ({"value": "typed", "unset": True}, "“Not set” is selected"),
    ],
    ids=str,
)
def test_what_cannot_be_stored_is_refused(sign_in, ada, session, fields, sentence):
    page = sign_in(ada).submit(PATH, key="candidate", **fields)

    assert page.status_code == 422
    assert sentence in page.text
    assert page.value("key") == "candidate"
    assert setting(session, "candidate") is None


def test_a_type_that_there_is_not_is_refused(sign_in, ada, session):
    page = sign_in(ada).post(PATH, key="candidate", data_type="duration", value="PT5M")

    assert page.status_code == 422
    assert setting(session, "candidate") is None


def test_not_set_and_empty_are_told_apart(sign_in, ada, session):
    browser = sign_in(ada)
    browser.submit(PATH, key="nothing", unset=True)
    browser.submit(PATH, key="empty", value="")

    assert setting(session, "nothing").value is None
    assert setting(session, "empty").value == ""


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("sk-live-4711", "without MASTER_ENCRYPTION_KEY"), ("", "Nothing was entered.")],
)
def test_a_secret_is_not_written_in_clear(sign_in, ada, session, value, sentence):
    page = sign_in(ada).submit(PATH, key="new_api_key", value=value)

    assert page.status_code == 422
    assert sentence in page.text
    assert setting(session, "new_api_key") is None
    assert events(session) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "smtp_pass"},
        {"key": "new_api_key", "unset": True},
        {"key": "LLM API Key"},
        {"key": "dsn", "value": "postgresql://u:hunter-4711@h/db"},
        {"key": "dsn", "value": "postgresql://u:hunter-4711@h/db", "reason": "x" * 501},
    ],
)
def test_a_secret_that_is_refused_does_not_come_back(sign_in, ada, fields):
    page = sign_in(ada).submit(PATH, **({"value": "hunter-4711"} | fields))

    assert page.status_code == 422
    assert "hunter-4711" not in page.html


def test_what_a_mark_calls_a_secret_does_not_come_back_with_spaces_around_its_key(
    sign_in, ada, session
):
    session.add(SettingRule(key="quiet", is_secret=True))
    session.commit()

    page = sign_in(ada).submit(PATH, key=" quiet ", value="hunter-4711", reason="x" * 501)

    assert page.status_code == 422
    assert "hunter-4711" not in page.html
    assert "The value is not repeated here: enter it again." in page.text


def test_a_secret_can_be_created_as_not_set(sign_in, ada, session):
    sign_in(ada).submit(PATH, key="new_api_key", unset=True)

    assert setting(session, "new_api_key").value is None


def test_a_setting_can_be_made_read_only_for_good(sign_in, ada, session):
    browser = sign_in(ada)
    assert "nobody can change or delete this setting in the console" in browser.get(PATH).text

    page = browser.submit(PATH, key="cluster_name", value="north", is_mutable=False).follow()

    assert not setting(session, "cluster_name").is_mutable
    assert "Marked read-only in the database." in page.text
    assert not page.can_edit("value")


def test_creating_makes_few_statements(sign_in, ada, session, statements, database_name):
    take_start(session)
    page = sign_in(ada).get(PATH)

    # SQLite has locked the file, and with it the relations between settings.
    with statements.at_most(11 if database_name == "sqlite" else 12):
        page.submit(key="counted", value="1")
