"""The page of a user: profile, permissions, the check of one permission."""

import re

import pytest

from app.domain import audit
from app.domain.target import Target
from tests.support.people import OPERATOR
from tests.web.users.test_index import HOSTILE


def test_a_user_s_page_says_what_they_may_do_and_why(sign_in, ada, person):
    nora = person("nora", roles=["user", "viewer"], full_name="Nora Barnacle", is_verified=True)

    page = sign_in(ada).get(f"/users/{nora.id}")

    assert "nora · nora@example.org active verified" in page.text
    assert re.search(r"document:read .{,60}granted user and viewer", page.text)
    assert re.search(r"document:create .{,60}granted user (?!and)", page.text)
    assert re.search(r"user:read .{,60}not granted", page.text)
    assert "every permission" in page.text
    assert "3 permissions" in page.text
    assert "1 permission " in page.text


def test_what_a_user_says_of_themselves_is_plain_text(sign_in, ada, person):
    nora = person("nora", bio="<b>Hello</b>\n{{ 7 * 7 }}")

    page = sign_in(ada).get(f"/users/{nora.id}")

    assert "<b>Hello</b> {{ 7 * 7 }}" in page.text


def test_a_user_s_page_takes_seven_statements(sign_in, ada, person, statements):
    nora = person("nora", roles=["user", "viewer", "admin"], permissions=["audit:read"])
    browser = sign_in(ada)

    with statements.at_most(7):
        assert browser.get(f"/users/{nora.id}").status_code == 200


@pytest.mark.only_on("sqlite")
def test_what_another_program_changed_is_told_on_the_pages(sign_in, ada, vera, person, session):
    pair = {"role": "viewer"}
    audit.record(session, "role:unassigned", Target.of_user(vera), actor=OPERATOR, before=pair)
    [viewer] = vera.roles
    granted = {"codes": [viewer.permissions[0].code]}
    target = Target.of_role(viewer)
    audit.record(session, "permission:revoked", target, actor=OPERATOR, before=granted)
    session.commit()
    paths = [f"/users/{vera.id}", f"/roles/{viewer.id}"]

    assert all("Changed outside the console" in sign_in(ada).get(path).text for path in paths)
    looker = person("nora", permissions=["user:read", "role:read"])
    assert not any("Changed outside" in sign_in(looker).get(path).text for path in paths)


def test_the_history_of_the_roles_is_also_for_those_who_assign_them(
    sign_in, ada, vera, person, session
):
    for action in ("user:activated", "user:signed-in", "role:assigned"):
        audit.record(session, action, Target.of_user(vera), actor=OPERATOR, after={"role": "user"})
    session.commit()
    paths = {f"/audit?type=user&target_id={vera.id}", f"/audit?actor_id={vera.id}"}

    def history(*permissions):
        reader = person("-".join(permissions).replace(":", "."), permissions=permissions)
        page = sign_in(reader).get(f"/users/{vera.id}")
        return page.text.partition("Recent changes")[2], paths <= set(page.links)

    text, has_links = history("user:read", "audit:read")
    assert ("activated vera" in text, "assigned a role" in text, has_links) == (True, True, True)
    assert "signed in" not in text
    text, has_links = history("user:read", "role:assign")
    assert ("activated vera" in text, "assigned a role" in text, has_links) == (False, True, False)
    text, _ = history("user:read")
    assert "You need the permission audit:read or role:assign to see them." in text


def test_a_user_that_there_is_not_is_not_found(sign_in, ada):
    browser = sign_in(ada)

    for number in ("999999", "0", "2147483648", "9" * 30, "x"):
        assert browser.get(f"/users/{number}").status_code == 404
        assert browser.get(f"/users/{number}/roles").status_code == 404


def test_roles_and_permissions_lead_to_their_pages_for_whoever_may_look(sign_in, ada, vera, person):
    hana = person("hana", permissions=["user:read"])
    links = (
        r'<a class="code-link" href="/permissions/document:read">',
        r'<a href="/roles/\d+">viewer</a>',
    )
    of_ada, of_hana = (sign_in(one).get(f"/users/{vera.id}").html for one in (ada, hana))

    assert all(re.search(link, of_ada) for link in links)
    assert not any(re.search(link, of_hana) for link in links)


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

    with statements.at_most(7):
        page = browser.get(f"/users/{vera.id}", can="document:create")
    assert "only role0, only role1" in page.text
