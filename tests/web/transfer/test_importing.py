"""The page that imports a transfer file."""

import io

import pytest
from sqlalchemy import update

from app.domain import settings
from app.domain.settings.value_rules import editing
from app.models import SettingRule
from tests.support.browsing import ORIGIN
from tests.support.contents import events

HEAD = "format: rag-fortress-console/1\n"
FILE = f"""{HEAD}settings:
- {{key: chunk_size, value: 777}}
- {{key: unheard_of, value: 1}}
roles:
- {{name: archivist, description: Keeps things, permissions: [document:read]}}
"""


@pytest.fixture
def plan(sign_in, ada):
    return sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text=FILE)


def value(session):
    session.expire_all()
    return settings.by_key(session, "chunk_size").value


def test_the_plan_says_what_would_happen_and_changes_nothing(plan, session):
    assert "Review the import" in plan.text
    for words in ("To be added", "role archivist", "from 1000 to 777", "unheard_of There is no"):
        assert words.lower() in plan.text.lower()
    assert value(session) == "1000"


def test_long_values_can_be_read_in_full(sign_in, ada, session):
    before, after = "Dear reader, " * 20 + "old end", "Dear reader, " * 20 + "new end"
    settings.by_key(session, "retrieval_no_context_message").value = before
    session.commit()
    entry = f"- {{key: retrieval_no_context_message, value: '{after}'}}\n"

    page = sign_in(ada).get("/transfer/import")
    page = page.submit(to="/transfer/import", text=f"{HEAD}settings:\n{entry}")

    assert f"Whole values Before {before} After {after}" in page.text


@pytest.mark.parametrize("path", ["/transfer/import", "/transfer/compare"])
def test_lines_beyond_the_first_are_folded_and_not_left_out(sign_in, ada, path):
    keys = [f"many_{number:03}" for number in range(230)]
    lines = "".join(f"- {{key: {key}, value: 1, data_type: integer}}\n" for key in keys)

    page = sign_in(ada).get(path).submit(to=path, text=f"{HEAD}settings:\n{lines}")

    assert "30 more" in page.text
    assert all(key in page.text for key in keys)


def test_the_import_is_saved_as_reviewed(plan, session):
    page = plan.submit("import-form", confirmed="1", reason="From Git").follow()

    assert "Imported: 1 added, 1 changed." in page.text
    assert value(session) == "777"
    assert events(session)[-1].action == "transfer:imported"
    again = page.browser.get("/transfer/import").submit(to="/transfer/import", text=FILE)
    assert "Nothing to import" in again.text


def test_what_has_changed_since_the_review_is_told(plan, session):
    settings.by_key(session, "chunk_size").value = "1"
    session.commit()

    page = plan.submit("import-form", confirmed="1")

    assert (page.status_code, "differ from what you reviewed" in page.text) == (409, True)
    assert "from 1 to 777" in page.text
    assert value(session) == "1"


def test_one_goes_back_to_the_file(plan):
    page = plan.submit("import-form", again="1")

    assert "archivist" in page.value("text")


def test_what_was_refused_is_still_in_the_file_to_be_corrected(sign_in, ada, session):
    entries = "- {key: chunk_size, value: 0}\n- {key: log_level, value: DEBUG}\n"
    page = sign_in(ada).get("/transfer/import")
    plan = page.submit(to="/transfer/import", text=f"{HEAD}settings:\n{entries}")

    typed = plan.submit("import-form", again="1").value("text")
    assert "chunk_size must be at least 1." in plan.text
    assert "key: chunk_size\n  value: '0'" in typed

    assert plan.submit("import-form").status_code == 303
    assert (value(session), settings.by_key(session, "log_level").value) == ("1000", "DEBUG")


def test_a_file_is_uploaded(sign_in, ada):
    browser = sign_in(ada)
    upload = {"upload": (io.BytesIO(FILE.encode()), "console.yaml"), "text": ""}
    token = {"csrf_token": browser.csrf_token()}

    answer = browser.client.post(
        "/transfer/import", data=upload | token, content_type="multipart/form-data"
    )

    assert "Review the import" in answer.text


@pytest.mark.parametrize("path", ["/transfer/import", "/transfer/compare", "/transfer/users"])
def test_a_file_in_another_encoding_is_refused_and_not_read_as_another_text(sign_in, ada, path):
    browser = sign_in(ada)
    upload = {"upload": (io.BytesIO("username;Z\xfcrich\n".encode("latin-1")), "any.csv")}

    answer = browser.open(
        path, "POST", data=upload | {"csrf_token": browser.csrf_token()}, headers={"Origin": ORIGIN}
    )

    assert answer.status_code == 422
    assert "The file is not valid UTF-8. Save it in UTF-8, and choose it again." in answer.text
    assert "\N{REPLACEMENT CHARACTER}" not in answer.text


def test_a_file_of_megabytes_is_looked_at(sign_in, ada):
    long = FILE + "# " + "x" * 3_000_000

    page = sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text=long)

    assert "Review the import" in page.text


def test_a_mistake_stands_at_the_field_and_the_text_stays(sign_in, ada):
    page = sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text="format: x")

    assert page.status_code == 422
    assert "This is no transfer file." in page.text
    assert page.value("text") == "format: x"


def test_a_person_may_import_no_more_than_they_may_change(sign_in, person, session):
    nora = person("nora", permissions=["settings:read", "settings:update", "role:read"])

    page = sign_in(nora).get("/transfer/import").submit(to="/transfer/import", text=FILE)

    assert "You need the permission role:create for this." in page.text
    page.submit("import-form", confirmed="1")
    assert value(session) == "777"


ROLE = "format: rag-fortress-console/1\nroles: [{name: viewer, permissions: [audit:read]}]\n"


def test_the_review_tells_the_people_affected(sign_in, ada, vera):
    page = sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text=ROLE)

    assert "audit:read 1 person gains it: Vera Rubin" in page.text
    assert "1 person loses it: Vera Rubin" in page.text
    assert page.link("Vera Rubin") == f"/users/{vera.id}"


def test_the_review_names_what_only_administrators_would_have(sign_in, ada, vera, person):
    browser = sign_in(ada)
    text = "format: rag-fortress-console/1\nroles: [{name: viewer, permissions: [audit:read]}]"

    page = browser.submit("/transfer/import", to="/transfer/import", text=text)
    assert "Only administrators would be left" in page.text
    assert "No active user without the role admin would have document:read." in page.text
    person("reader", permissions=["document:read"])
    again = page.submit("import-form", confirmed="1")

    assert "Only administrators would be left" not in again.text
    assert again.status_code == 409
    assert "Permissions that only administrators would have" in again.text


def test_who_may_not_see_users_is_told_how_many(sign_in, person, vera):
    codes = ["role:read", "role:update", "audit:read", "document:read"]
    browser = sign_in(person("nora", permissions=codes))

    page = browser.get("/transfer/import").submit(to="/transfer/import", text=ROLE)

    assert "1 person gains it." in page.text
    assert "Vera Rubin" not in page.text


def test_others_who_are_affected_since_the_review_are_named(sign_in, ada, vera, person):
    page = sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text=ROLE)
    person("uma", roles=["viewer"], full_name="Uma Nair")

    again = page.submit("import-form", confirmed="1")

    assert again.status_code == 409
    assert "Users who gain access: added + Uma Nair (1 before, 2 now)" in again.text


RULES = """format: rag-fortress-console/2
rules: [{key: chunk_size, schema: '{"maximum": 500}', requires_reason: true}]
relations: [{expression: chunk_size < 99999}]
"""


def test_rules_are_reviewed_and_saved(sign_in, ada, session):
    page = sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text=RULES)

    assert "Rule of chunk_size" in page.text
    assert "The value of chunk_size breaks it: it must be at most 500." in page.text
    assert "Relation chunk_size < 99999" in page.text
    done = page.submit("import-form", confirmed="1").follow()
    assert "Imported: 1 added, 1 changed." in done.text
    assert editing.own_rule(session, "chunk_size").schema == '{"maximum": 500}'


def test_a_missing_reason_is_asked_for_at_its_field(sign_in, ada, session):
    session.execute(update(SettingRule).values(requires_reason=True))
    session.commit()
    page = sign_in(ada).get("/transfer/import").submit(to="/transfer/import", text=RULES)

    again = page.submit("import-form", confirmed="1")

    assert (again.status_code, "A change of chunk_size needs a reason." in again.text) == (
        422,
        True,
    )
    done = again.submit("import-form", confirmed="1", reason="Shorter").follow()
    assert "Imported:" in done.text
