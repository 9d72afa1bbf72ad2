"""Users: created, found and named."""

import threading
import unicodedata

import pytest
from sqlalchemy import func, insert, select, text

from app.domain import users
from app.domain.authentication import one_time_links
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.domain.users import NewUser
from app.models import OneTimeLink, Role, User
from app.models.base import normalised
from app.unit_of_work import carry_out
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting

# Each in a form in which a database's own comparison might take it for another, or not.
PROBES = [
    *("admin", "ADMIN", "Admin", " admin", "admin ", "ádmin", "a\u0301dmin", "Ådmin"),
    *(
        "\u0430dmin",
        "\uff4d\uff41x",
        "max",
        "straße",
        "STRASSE",
        "\ufb00ranz",
        "ffranz",
        "admin\u200b",
    ),
]


def create(session, new, *, by=OPERATOR):
    actor = acting(by) if isinstance(by, User) else by
    return carry_out(lambda: users.create(session, new, actor=actor), actor=actor)


def role_id(session, name):
    return session.scalars(select(Role.id).where(Role.name == name)).one()


def test_a_new_user_is_recorded_with_their_roles(session, ada):
    new = NewUser(
        " Nora ", "Nora@Example.org", "Nora Ito", "", frozenset({role_id(session, "viewer")})
    )

    user, _ = create(session, new, by=ada)

    assert (user.username, user.email, user.bio) == ("nora", "nora@example.org", None)
    after = {"username": "nora", "email": "nora@example.org", "full_name": "Nora Ito"}
    assert events(session) == [
        Event("user:created", "ada", "nora", {}, after),
        Event("role:assigned", "ada", "nora", {}, {"role": "viewer"}),
    ]


def test_a_new_user_is_given_a_link_and_no_password(session, ada):
    user, token = create(session, NewUser("nora", "nora@example.org"), by=ada)

    assert not user.has_password
    assert one_time_links.peek(session, one_time_links.Purpose.RESET, token).user_id == user.id
    assert token not in session.scalars(select(OneTimeLink.token_hash)).all()


def test_a_new_user_and_the_events_are_rolled_back_together(session, ada):
    before = digests(session.get_bind())

    users.create(session, NewUser("nora", "nora@example.org"), actor=acting(ada))
    session.rollback()

    assert digests(session.get_bind()) == before


def test_nobody_creates_a_user_with_more_than_they_hold(session, person):
    hedda = person("hedda", permissions=["user:create", "role:assign"])
    new = NewUser("nora", "nora@example.org", role_ids=frozenset({role_id(session, "viewer")}))
    sentence = "The role viewer grants permissions that you do not have."

    with pytest.raises(BeyondOwnPermissions, match=sentence):
        create(session, new, by=hedda)

    assert users.find(session, "nora") is None
    assert events(session) == [
        Event("change:refused", "hedda", "viewer", {}, {"refusal": sentence})
    ]


def test_who_may_not_assign_roles_creates_users_without_any(session, person):
    hedda = person("hedda", roles=["viewer"], permissions=["user:create"])
    new = NewUser("nora", "nora@example.org", role_ids=frozenset({role_id(session, "viewer")}))

    with pytest.raises(BeyondOwnPermissions, match="You need the permission role:assign for this"):
        create(session, new, by=hedda)
    user, _ = create(session, NewUser("nora", "nora@example.org"), by=hedda)

    assert user.roles == []


@pytest.mark.parametrize(
    ("username", "email", "field"),
    [
        ("bob", "new@example.org", "username"),
        ("BOB ", "new@example.org", "username"),
        ("new", "Bob@example.org", "email"),
        ("new", "upstream@example.org", "email"),
        ("odd", "new@example.org", "username"),
    ],
)
def test_a_name_or_address_is_taken_by_whoever_has_it_as_either(
    session, person, username, email, field
):
    # The backend lets a user name be an address, and an address be anything.
    person("bob")
    person("upstream@example.org", email="odd")
    count = session.scalar(select(func.count(User.id)))

    with pytest.raises(InvalidValue) as refusal:
        create(session, NewUser(username, email))

    assert refusal.value.field == field
    assert session.scalar(select(func.count(User.id))) == count
    assert events(session) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NewUser("nora", "nora@example.org"), NewUser("Nora", "other@example.org")),
        (NewUser("nora", "nora@example.org"), NewUser("other", "NORA@example.org")),
    ],
)
def test_of_two_who_take_a_name_at_once_one_is_told(app, session, first, second):
    barrier = threading.Barrier(2)
    told = []

    def take(new):
        with app.app_context():
            users.find(session, new.username)
            barrier.wait()
            try:
                create(session, new)
            except InvalidValue as refusal:
                told.append(str(refusal))

    session.rollback()
    threads = [threading.Thread(target=take, args=[new]) for new in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 1
    assert told[0].startswith("Another user has nora")
    assert session.scalar(select(func.count(User.id))) == 1


@pytest.mark.only_on("postgresql", "mysql")
def test_a_name_that_another_program_takes_in_the_same_moment_is_told(app, session):
    engine = session.get_bind()
    told = []

    def take():
        with app.app_context():
            try:
                create(session, NewUser("nora", "nora@example.org"))
            except InvalidValue as refusal:
                told.append(refusal.field)

    thread = threading.Thread(target=take)
    with engine.begin() as other_program:
        other_program.execute(
            insert(User).values(username="nora", email="n@example.org", password_hash="x")
        )
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()

    assert told == ["username"]


@pytest.mark.only_on("sqlite")
def test_a_name_that_is_taken_at_the_last_moment_is_told(session):
    refuse = "BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed'); END"
    session.execute(text(f"CREATE TEMP TRIGGER taken {refuse}"))

    with pytest.raises(InvalidValue, match="has just been taken"):
        users.create(session, NewUser("nora", "nora@example.org"), actor=OPERATOR)


def test_names_are_one_or_two_alike_on_every_database(session):
    stored = {}
    for number, typed in enumerate(PROBES):
        try:
            user, _ = create(session, NewUser(typed, f"probe{number}@example.org"))
        except InvalidValue:
            continue
        stored[typed] = user.username

    assert stored == {
        "ADMIN".lower(): "admin",
        "ádmin": "ádmin",
        "Ådmin": "ådmin",
        "\uff4d\uff41x": "max",
        "straße": "strasse",
        "\ufb00ranz": "ffranz",
    }
    session.expire_all()
    assert set(session.scalars(select(User.username))) == set(stored.values())


@pytest.mark.parametrize("typed", [name for name in PROBES if "\u200b" not in name])
def test_whoever_is_stored_is_found_however_the_name_is_typed(session, person, typed):
    user = person(normalised(typed), email="somebody@example.org")

    for form in ("NFC", "NFD", "NFKD"):
        assert users.find(session, unicodedata.normalize(form, typed)) is user
        assert users.find(session, f" {typed.upper()}") is user
    assert users.named(session, "Somebody@Example.ORG") is user


def test_a_user_name_wins_over_an_address(session, person):
    # Only the backend can let one user's name be another's address.
    person("one", email="shared@example.org")
    named = person("shared@example.org", email="other@example.org")

    assert users.find(session, "shared@example.org") is named


@pytest.mark.parametrize("typed", ["", "nobody", "a\0b", "a\ud800", "x" * 5000, "%", "ad_", "ad%"])
def test_nobody_is_found_by_a_name_that_nobody_has(session, ada, typed):
    assert users.find(session, typed) is None
    with pytest.raises(NotFound):
        users.named(session, typed)
