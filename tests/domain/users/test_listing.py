"""The list of users: filtered, sorted, paged by key."""

import pytest
from sqlalchemy import insert

from app.domain import users
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors
from app.domain.users import UserFilter
from app.models import User
from tests.support.people import PASSWORD_HASH


def listed(session, *, sort="username", **wanted):
    page = users.list_page(session, UserFilter(**wanted), sort, Cursors()).page
    return [row.username for row in page.rows]


def test_users_are_found_by_the_beginning_of_name_or_address(session, person):
    person("anna", email="zoe@example.org")
    person("zora", email="anna@example.org")
    person("hanna")

    assert listed(session, q="ann") == ["anna", "zora"]
    assert listed(session, q="ANNA@") == ["zora"]
    assert listed(session, q="nna") == []


@pytest.mark.parametrize("typed", ["a%", "a_", "%", "_", "a\0", "\ud800", "x" * 255, "\U0010ffff"])
@pytest.mark.parametrize("field", ["q", "role"])
def test_a_search_for_what_nobody_is_called_finds_nobody(session, ada, field, typed):
    assert listed(session, **{field: typed}) == []


def test_users_are_filtered_by_role_and_status(session, ada, vera, omar, person):
    person("ida", roles=["viewer"], is_active=False, is_verified=True)

    assert listed(session, role="viewer") == ["ida", "vera"]
    assert listed(session, role=",none") == ["omar"]
    assert listed(session, status="inactive") == ["ida"]
    assert listed(session, status="unverified", role="viewer") == ["vera"]


@pytest.mark.parametrize(
    "wrong", [{"sort": "password_hash"}, {"sort": "__class__"}, {"status": "is_active"}]
)
def test_the_list_goes_by_nothing_but_what_it_names(session, wrong):
    with pytest.raises(InvalidValue):
        listed(session, **wrong)


@pytest.mark.parametrize("sort", users.SORTS)
def test_pages_follow_one_another_in_every_order(session, sort):
    rows = [
        {"username": f"u{n:03}", "email": f"u{-n:04}@example.org", "password_hash": PASSWORD_HASH}
        for n in range(120)
    ]
    session.execute(insert(User), rows)
    session.commit()
    nothing = UserFilter()

    first = users.list_page(session, nothing, sort, Cursors()).page
    second = users.list_page(session, nothing, sort, Cursors(after=first.after)).page
    third = users.list_page(session, nothing, sort, Cursors(after=second.after)).page
    again = users.list_page(session, nothing, sort, Cursors(before=third.before)).page

    assert len({row.id for page in (first, second, third) for row in page.rows}) == 120
    assert (first.before, third.after) == (None, None)
    assert [row.id for row in again.rows] == [row.id for row in second.rows]
