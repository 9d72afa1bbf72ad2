"""Users whom other programs stored in a spelling of their own: found, and left as they are."""

import re

import pytest
from sqlalchemy import delete, event, insert, select, update

from app.domain import search, users
from app.domain.confirmation import Deletion
from app.domain.errors import InvalidValue
from app.domain.paging import Cursors
from app.domain.users import NewUser, Profile, ProfileEdit, UserFilter, name_copy
from app.models import User, UserNames
from app.unit_of_work import carry_out
from tests.support import plans
from tests.support.people import OPERATOR, PASSWORD_HASH

# As they are stored, each with other spellings and with beginnings of them.
NAMES = {
    "John_Doe": (["john_doe", "JOHN_DOE", "John_Doe"], ["john_", "JOHN"]),
    "Müller": (["müller", "mu\u0308ller", "MÜLLER"], ["mü", "MU\u0308LL"]),
    "ka\u0308fer": (["käfer", "KÄFER"], ["käf"]),
    "STRASSE": (["straße", "strasse"], ["straß"]),
    "İpek": (["ipek", "IPEK", "\u0131pek"], ["IPE", "İpe"]),
    "ｗｉｄｅ": (["wide", "WIDE"], ["wid"]),
}
ADDRESSES = {
    "One@Example.ORG": (["one@example.org"], ["one@ex"]),
    "two@DÖMÄIN.example": (
        ["two@dömäin.example", "two@xn--dmin-moa0i.example"],
        ["two@dö", "two@xn--dmin-moa0i"],
    ),
    "three@xn--dmin-moa0i.example": (["three@dömäin.example"], ["three@dömäin"]),
    "weiß@example.org": (["WEIß@example.org"], ["weiß@", "weiss@"]),
}


def add(session, *rows):
    session.execute(
        insert(User),
        [
            {"username": name, "email": email, "password_hash": PASSWORD_HASH}
            for name, email in rows
        ],
    )
    session.commit()


@pytest.fixture(params=["copied", "not yet"])
def others(request, session):
    """Users of other programs, as (stored, spellings, beginnings)."""
    rows = [(name, f"n{number}@example.org") for number, name in enumerate(NAMES)]
    rows += [(f"a{number}", email) for number, email in enumerate(ADDRESSES)]
    add(session, *rows)
    if request.param == "copied":
        carry_out(lambda: users.copy_after(session, 0), actor=OPERATOR)
    return [(stored, *spellings) for stored, spellings in (NAMES | ADDRESSES).items()]


def create(session, username, email):
    new = NewUser(username, email)
    return carry_out(lambda: users.create(session, new, actor=OPERATOR), actor=OPERATOR)[0]


def rename(session, user, **fields):
    profile = Profile(**(vars(users.profile_of(user)) | fields))
    edit = ProfileEdit(profile, users.profile_etag(user))
    return carry_out(lambda: users.change(session, user.id, edit, actor=OPERATOR), actor=OPERATOR)


def found(session, q, sort="username"):
    page = users.list_page(session, UserFilter(q=q), sort, Cursors()).page
    return {name for row in page.rows for name in (row.username, row.email)}


def test_every_stored_name_is_found_in_every_spelling(session, others):
    for stored, spellings, beginnings in others:
        for name in (*spellings, stored, f" {stored} "):
            user = users.find(session, name)
            assert stored in {user.username, user.email}, name
        for q in (*beginnings, *spellings):
            assert stored in found(session, q) & found(session, q, "-created"), q
            hits = search.find(session, q, lambda _: True).groups
            ids = [hit.id for group in hits if group.kind == "user" for hit in group.hits]
            assert user.id in ids, q
            names = users.names_of(session, UserFilter(q=q))
            assert users.count_for_export(session, UserFilter(q=q), names) >= 1


def test_every_stored_name_counts_as_taken_and_stays_as_it_is(session, others):
    for number, (_, spellings, _) in enumerate(others):
        for name in spellings:
            email = name if "@" in name else f"x{number}@example.org"
            with pytest.raises(InvalidValue, match="Another user has"):
                create(session, f"x{number}" if "@" in name else name, email)
    create(session, "new", "new@example.org")
    kept = session.execute(select(User.username, User.email)).all()
    assert {stored for stored, *_ in others} < {name for row in kept for name in row}
    assert users.count_uncopied(session) == 0


def test_a_name_of_one_column_is_taken_for_the_other(session):
    add(session, ("Shared@Example.ORG", "odd"), ("plain", "Also@dömäin.example"))

    with pytest.raises(InvalidValue, match=r"Another user has shared@example\.org as email"):
        create(session, "new", "shared@example.org")
    with pytest.raises(InvalidValue, match=r"Another user has also@dömäin\.example as email"):
        create(session, "new", "also@xn--dmin-moa0i.example")


def test_a_user_whom_another_program_renames_or_replaces_is_noticed(session):
    add(session, ("John_Doe", "john@example.org"), ("last", "last@example.org"))
    carry_out(lambda: users.copy_after(session, 0), actor=OPERATOR)

    session.execute(update(User).where(User.username == "John_Doe").values(username="JÖRG"))
    session.commit()

    assert users.find(session, "john_doe") is None
    assert found(session, "john_d") == set()
    assert users.find(session, "jörg").username == "JÖRG"
    assert "JÖRG" in found(session, "jö")
    with pytest.raises(InvalidValue, match="Another user has jörg"):
        create(session, "Jörg", "j@example.org")

    session.execute(delete(User).where(User.username == "last"))
    session.commit()
    assert session.scalar(select(UserNames.id).where(~UserNames.id.in_(select(User.id)))) is None


def test_spellings_that_others_keep_apart_are_told_apart(session):
    add(session, ("john_doe", "1@example.org"), ("John_Doe", "2@example.org"), ("MAX", "max@a.de"))
    add(session, ("other", "John_Doe"))

    assert users.find(session, "John_Doe").email == "2@example.org"
    assert users.find(session, "john_doe").email == "1@example.org"
    assert users.find(session, "JOHN_DOE").email == "1@example.org"


def test_addresses_of_two_mailboxes_belong_to_two_users(session):
    one = create(session, "one", "max@maßanfertigung.example")
    other = create(session, "other", "max@massanfertigung.example")
    create(session, "third", "weiß@example.org")
    create(session, "fourth", "weiss@example.org")

    assert (one.email, one.shown_email) == (
        "max@xn--maanfertigung-cdb.example",
        "max@maßanfertigung.example",
    )
    assert users.find(session, "MAX@MASSANFERTIGUNG.example") is other
    assert users.find(session, "Max@Maßanfertigung.example") is one
    assert users.find(session, "weiß@example.org").username == "third"
    with pytest.raises(InvalidValue, match=r"Another user has weiß@example\.org"):
        create(session, "fifth", "Weiß@example.org")


def test_an_address_in_another_spelling_is_no_change(session):
    add(session, ("one", "Info@dömäin.example"), ("two", "weiß@XN--DMIN-MOA0I.example"))

    for name in ("one", "two"):
        user = users.find(session, name)
        stored = user.email
        shown = users.profile_of(user).email
        ascii_form = "".join(shown.partition("@")[:2]) + "xn--dmin-moa0i.example"

        assert rename(session, user, full_name="New", email=shown) == {"full_name"}
        assert rename(session, user, full_name="Newer", email=ascii_form) == {"full_name"}
        assert user.email == stored


def test_a_rename_is_found_at_once_and_by_its_new_name_only(session):
    user = create(session, "\u0131rmak", "a@example.org")

    assert user.username == "\u0131rmak"
    assert users.find(session, "IRMAK") is user
    rename(session, user, username="Nehir", email="b@dömäin.example")
    assert users.find(session, "irmak") is None
    assert users.find(session, "b@dömäin.example") is user
    assert users.count_uncopied(session) == 0


def test_looking_up_takes_two_statements_and_no_reading_of_all(session):
    add(session, *((f"Person-{number:04}", f"{number:04}@example.org") for number in range(4_000)))
    carry_out(lambda: users.copy_after(session, 0), actor=OPERATOR)
    plans.gather_statistics(session)
    seen = []

    def note(*arguments):
        seen.append(arguments[2])

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        assert users.find(session, "PERSON-0007").email == "0007@example.org"
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    assert len([one for one in seen if one.startswith("SELECT")]) == 2
    plan = plans.of(session, lambda: users.find(session, "person-0007"))
    assert "ix_console_user_names_username" in plan
    assert "ix_console_user_names_email" in plan
    assert not re.search(r"SCAN (users|console)|Seq Scan on (users|console)| users ALL", plan), plan


def test_users_beyond_one_batch_are_copied_by_and_by(session, monkeypatch):
    add(session, *((f"Person-{number}", f"{number}@example.org") for number in range(30)))
    monkeypatch.setattr(name_copy, "_UNCOPIED", name_copy._UNCOPIED.limit(10))

    for missing in (20, 10, 0):
        carry_out(lambda: users.copy_uncopied(session), actor=OPERATOR)
        assert users.count_uncopied(session) == missing


def test_a_deletion_is_confirmed_by_the_name_as_keyboards_write_it(session):
    add(session, ("Mu\u0308ller", "m@example.org"))
    user = users.find(session, "müller")

    deletion = Deletion("Müller", users.deletion_etag(user))
    carry_out(lambda: users.delete(session, user.id, deletion, actor=OPERATOR), actor=OPERATOR)

    assert users.find(session, "müller") is None
