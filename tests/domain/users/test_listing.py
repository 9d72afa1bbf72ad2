"""The list of users: filtered, sorted, paged by key."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.domain import users
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors
from app.domain.users import NewUser, UserFilter
from app.models import AuditEvent, User
from app.models.base import utcnow
from tests.support.people import OPERATOR, PASSWORD_HASH


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


@pytest.fixture
def signed_in(session):
    """Records a sign-in of a user, who has been there since the day before."""

    def signed_in(user, days_ago):
        at = utcnow() - timedelta(days=days_ago)
        user.created_at = min(user.created_at, at - timedelta(days=1))
        event = AuditEvent(at=at, actor_kind="person", actor_name=user.username)
        event.action, event.target_type = "user:signed-in", "user"
        event.target_id, event.target_name = user.id, user.username
        session.add(event)
        session.commit()

    return signed_in


def test_users_are_found_by_their_last_sign_in(session, ada, vera, omar, signed_in):
    signed_in(vera, days_ago=120)
    signed_in(omar, days_ago=91)
    signed_in(omar, days_ago=2)

    assert listed(session, signed_in="never") == ["ada"]
    assert listed(session, signed_in="idle") == ["vera"]
    assert listed(session, signed_in="lately", status="active") == ["omar"]


def test_a_sign_in_of_whoever_had_the_id_before_does_not_count(session, vera, signed_in):
    signed_in(vera, days_ago=2)
    vera.created_at = utcnow()
    session.commit()

    assert listed(session, signed_in="never") == ["vera"]


def test_people_and_service_accounts_are_told_apart(session, ada, vera, statements):
    for name in ("robot", "zebra"):
        users.create_service_account(session, NewUser(name, f"{name}@example.org"), actor=OPERATOR)
    session.commit()

    assert listed(session, kind="service") == ["robot", "zebra"]
    assert listed(session, kind="service", sort="-username") == ["zebra", "robot"]
    assert listed(session, kind="service", q="rob") == ["robot"]
    assert listed(session, kind="person") == ["ada", "vera"]
    assert listed(session, kind="person", role="viewer") == ["vera"]
    with statements.at_most(1):
        page = users.list_page(session, UserFilter(kind="service"), "username", Cursors()).page
    assert [bool(row.is_service) for row in page.rows] == [True, True]
    found = users.export_matches(session, UserFilter(kind="service"))
    assert [row.username for row in users.export_batch(found, session, 0)] == ["robot", "zebra"]
    assert users.count_for_export(session, UserFilter(kind="person"), None) == 2
    with pytest.raises(InvalidValue):
        listed(session, kind="ghost")


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
