import re

import pytest

from app.domain import sign_in
from app.domain.authentication.one_time_links import InvalidLink
from tests.cli.conftest import ACTOR
from tests.support.contents import events

LINK = re.compile(r"http://127\.0\.0\.1:8000/setup/([\w-]{43})\n")


@pytest.mark.parametrize("options", [(), ("--if-needed",)])
def test_the_link_leads_to_the_page_of_the_first_administrator(flask, session, visitor, options):
    done = flask("setup-link", *options)

    assert done.code == 0
    token = LINK.fullmatch(done.out).group(1)
    sign_in.check_setup_link(session, token)
    assert visitor.client.get(f"/setup/{token}").status_code == 200


def test_the_link_and_its_use_are_recorded(flask, session, visitor):
    token = LINK.fullmatch(flask("setup-link", "--reason", "First day.").out).group(1)
    typed = {"username": "ada", "email": "ada@example.org", "password": "a long enough pass phrase"}
    visitor.submit(f"/setup/{token}", **typed)

    issued, *_, used, _signed_in = events(session)
    assert (issued.action, issued.actor, issued.reason) == (
        "setup-link:issued",
        ACTOR,
        "First day.",
    )
    assert (used.action, used.actor) == ("setup-link:used", "ada")


def test_a_new_link_ends_the_one_before(flask, session):
    first = LINK.fullmatch(flask("setup-link").out).group(1)
    second = LINK.fullmatch(flask("setup-link").out).group(1)

    sign_in.check_setup_link(session, second)
    with pytest.raises(InvalidLink):
        sign_in.check_setup_link(session, first)


def test_there_is_no_second_first_administrator(flask, ada):
    done = flask("setup-link")

    assert (done.code, done.out) == (1, "")
    assert done.err == "Error: There is an administrator already.\n"


def test_where_there_is_an_administrator_no_link_is_needed(flask, ada):
    done = flask("setup-link", "--if-needed")

    assert (done.code, done.out, done.err) == (0, "", "")


def test_an_administrator_who_cannot_sign_in_is_none(flask, person):
    person("nils", roles=["admin"], is_active=False)

    assert LINK.fullmatch(flask("setup-link", "--if-needed").out)
