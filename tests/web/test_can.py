"""The question on a user's page: may they, and why or why not."""

import re

import pytest

from tests.web.test_users import HOSTILE


@pytest.fixture
def ask(sign_in, ada):
    """Asks on the page of a person: ``ask(vera, "document:read")``."""
    browser = sign_in(ada)

    def ask(who, code):
        return browser.get(f"/users/{who.id}").submit(can=code)

    return ask


def test_nothing_is_answered_before_something_is_asked(sign_in, ada, vera):
    page = sign_in(ada).get(f"/users/{vera.id}")

    assert "Check a permission" in page.text
    assert not re.search(r"Check (Yes|No)\.", page.text)
    assert '<option value="document:delete">' in page.html


def test_yes_names_the_roles_that_grant_it(ask, person):
    nora = person("nora", roles=["user", "viewer"])

    page = ask(nora, "document:read")

    assert "Yes. user and viewer grant document:read." in page.text
    assert page.value("can") == "document:read"
    assert "Yes. user grants document:update." in ask(nora, "document:update").text


def test_no_names_the_roles_that_would(ask, vera):
    page = ask(vera, " document:create ")

    assert re.search(
        r"No\. None of their roles grants document:create\. "
        r"Roles that do: admin and user\.",
        page.text,
    )


def test_administrators_may_whatever_there_is(ask, ada):
    assert "Yes. admin grants document:delete." in ask(ada, "document:delete").text


def test_who_is_not_active_may_nothing(ask, person):
    ida = person("ida", roles=["viewer"], is_active=False)

    page = ask(ida, "document:read")
    assert "No. The account is inactive. If it were active, viewer would grant" in page.text
    page = ask(ida, "document:create")
    assert re.search(r"No\. The account is inactive\. (?!If)", page.text)


@pytest.mark.parametrize("code", [*HOSTILE, "document", "document:", "DOCUMENT:READ", "%"])
def test_what_is_no_permission_gets_an_answer(sign_in, ada, vera, code):
    page = sign_in(ada).get(f"/users/{vera.id}", can=code)

    assert page.status_code == 200
    assert "No. This permission does not exist." in page.text
    assert "<script>alert" not in page.html


def test_asking_stays_within_the_statements_of_the_page(sign_in, person, vera, statements):
    codes = ["user:read", "user:update", "role:assign", "audit:read"]
    for number in range(5):
        person(f"role{number}", permissions=["document:read", "document:create"])
    browser = sign_in(person("hedda", permissions=codes))

    with statements.at_most(6):
        page = browser.get(f"/users/{vera.id}", can="document:create")
    assert "only role0, only role1" in page.text
