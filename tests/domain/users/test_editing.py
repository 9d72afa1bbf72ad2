"""Profiles: edited as a whole, checked where they change, recorded field by field."""

import pytest

from app.domain import users
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.domain.users import Profile, ProfileChangedMeanwhile, ProfileEdit
from app.unit_of_work import carry_out
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting


def change(session, user, *, by=OPERATOR, reason="", etag=None, **fields):
    typed = Profile(**vars(users.profile_of(user)) | fields)
    edit = ProfileEdit(typed, users.profile_etag(user) if etag is None else etag, reason)
    actor = by if by is OPERATOR else acting(by)
    return carry_out(lambda: users.change(session, user.id, edit, actor=actor), actor=actor)


def test_what_changes_is_stored_and_recorded_field_by_field(session, ada, vera):
    changed = change(
        session,
        vera,
        by=ada,
        username="Vera.Rubin ",
        email="VR@example.org",
        bio="Stars.\r\nAnd more.",
        is_verified=True,
        reason="Married.",
    )

    assert changed == {"username", "email", "bio", "is_verified"}
    assert (vera.username, vera.email, vera.bio) == (
        "vera.rubin",
        "vr@example.org",
        "Stars.\nAnd more.",
    )
    before = {"username": "vera", "email": "vera@example.org", "bio": None, "is_verified": False}
    after = {
        "username": "vera.rubin",
        "email": "vr@example.org",
        "bio": "Stars.\nAnd more.",
        "is_verified": True,
    }
    assert events(session) == [Event("user:changed", "ada", "vera", before, after, "Married.")]


def test_what_stays_is_neither_checked_nor_recorded(session, person):
    odd = person(
        "odd name@here", email="nowhere", full_name="", bio="one\r\ntwo", password_hash="x"
    )

    assert change(session, odd) == frozenset()
    assert change(session, odd, bio="one\ntwo") == frozenset()
    assert change(session, odd, full_name="Odd Name") == {"full_name"}
    assert (odd.username, odd.email, odd.bio) == ("odd name@here", "nowhere", "one\r\ntwo")
    assert [event.after for event in events(session)] == [{"full_name": "Odd Name"}]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("username", ""),
        ("username", "a b"),
        ("username", "a@b"),
        ("username", "bob"),
        ("username", "BOB"),
        ("email", "nobody"),
        ("email", ""),
        ("email", "bob@example.org"),
        ("email", "backend@example.org"),
        ("full_name", "x" * 256),
        ("full_name", "a\0b"),
        ("bio", "x" * 70_000),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(session, ada, vera, person, field, typed):
    person("bob")
    person("backend@example.org", email="odd")
    before = digests(session.get_bind())

    with pytest.raises(InvalidValue) as refusal:
        change(session, vera, by=ada, **{field: typed})

    assert refusal.value.field == field
    assert digests(session.get_bind()) == before


def test_an_address_that_is_somebody_s_name_stays_as_long_as_it_is_not_touched(session, person):
    crossed = person("one", email="two")
    person("two", email="one")

    assert change(session, crossed, full_name="One") == {"full_name"}


def test_a_profile_that_somebody_else_changed_is_not_overwritten(session, ada, vera):
    seen = users.profile_etag(vera)
    change(session, vera, full_name="Vera C. Rubin")

    with pytest.raises(ProfileChangedMeanwhile) as conflict:
        change(session, vera, by=ada, etag=seen, full_name="V. Rubin")

    assert conflict.value.theirs.full_name == "Vera C. Rubin"
    assert vera.full_name == "Vera C. Rubin"


def test_nobody_edits_who_holds_more(session, ada, person):
    hedda = person("hedda", permissions=["user:update"])

    with pytest.raises(BeyondOwnPermissions, match="ada has permissions that you do not have"):
        change(session, ada, by=hedda, full_name="Nobody")

    assert ada.full_name == "Ada Byron"
    assert [event.action for event in events(session)] == ["change:refused"]


def test_a_user_that_there_is_not_is_not_edited(session, ada):
    edit = ProfileEdit(users.profile_of(ada), users.profile_etag(ada))

    with pytest.raises(NotFound):
        carry_out(lambda: users.change(session, 999_999, edit, actor=OPERATOR), actor=OPERATOR)
