"""Names that the record gives to commands and visitors: no user gets one, or is taken for one."""

import pytest

from app.domain import audit, sign_in
from app.domain.actor import Actor, ActorKind
from app.domain.errors import InvalidValue
from app.domain.target import Target
from app.domain.users import NewUser, checked_username
from app.models import User
from tests.support.people import OPERATOR, PASSWORD, acting

SENTENCE = "is a name that the history gives to commands and visitors"


@pytest.mark.parametrize(
    "name",
    [
        "os:root",
        "OS:Root",
        " ｏｓ：root",
        "os:",
        "visitor",
        "Visitor",
        "ＶＩＳＩＴＯＲ",
        "system",
        "console",
    ],
)
def test_a_reserved_name_is_refused_in_every_spelling(name):
    with pytest.raises(InvalidValue, match=SENTENCE):
        checked_username(name)


@pytest.mark.parametrize("name", ["os", "os.root", "visitors", "osprey", "systema", "x:os"])
def test_a_name_that_only_looks_similar_is_not(name):
    assert checked_username(name) == name


def test_every_page_and_command_refuses_it(app, sign_in, session, ada, vera):
    browser = sign_in(ada)
    answers = [
        browser.submit("/users/new", username="os:root", email="root@example.org"),
        browser.submit(f"/users/{vera.id}/edit", username="Visitor"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert SENTENCE in answer.text
    assert answers[1].value("username") == "Visitor"

    arguments = ["users", "create", "system", "system@example.org", "--password-stdin"]
    done = app.test_cli_runner().invoke(args=arguments, input=PASSWORD)
    assert (done.exit_code, SENTENCE in done.output) == (1, True)
    assert session.query(User).count() == 2


@pytest.mark.only_on("sqlite")
def test_the_first_administrator_is_refused_it_too():
    with pytest.raises(InvalidValue, match=SENTENCE):
        sign_in.registration(NewUser("console", "console@example.org"), PASSWORD)


def test_who_has_such_a_name_keeps_it_and_is_told_apart(sign_in, session, ada, vera, person):
    old = person("os:root", roles=["admin"])
    browser = sign_in(old)
    assert browser.submit(f"/users/{old.id}/edit", full_name="Root").status_code == 303
    for actor in (
        acting(old),
        Actor(ActorKind.COMMAND, "os:root"),
        Actor(ActorKind.VISITOR, "visitor"),
        OPERATOR,
        acting(ada),
    ):
        audit.record(session, "user:activated", Target.of_user(vera), actor=actor)
    session.commit()

    for path in ("/", f"/users/{vera.id}"):
        text = browser.get(path).text
        assert "os:root user activated" in text
        assert "os:root command activated" in text
        assert "visitor not signed in activated" in text
        assert "ada activated" in text
