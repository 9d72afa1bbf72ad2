"""Users: created, found, listed, activated and deactivated."""

import threading
import unicodedata

import pytest
from sqlalchemy import func, insert, select, text

from app.domain import links, sessions, users
from app.domain.access import LastAdministrator
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.domain.users import Cursors, NewUser, UserFilter
from app.models import ConsoleSession, OneTimeLink, Role, User, user_roles
from app.models.base import normalised
from app.unit_of_work import carry_out
from tests.contents import Event, digests, events
from tests.people import OPERATOR, PASSWORD_HASH, acting

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
    assert links.peek(session, links.Purpose.RESET, token).user_id == user.id
    assert token not in session.scalars(select(OneTimeLink.token_hash)).all()


def test_a_new_user_and_the_events_are_rolled_back_together(session, ada):
    before = digests(session.get_bind())

    users.create(session, NewUser("nora", "nora@example.org"), actor=acting(ada))
    session.rollback()

    assert digests(session.get_bind()) == before


def test_nobody_creates_a_user_with_more_than_they_hold(session, person):
    hedda = person("hedda", permissions=["user:create", "role:assign"])
    new = NewUser("nora", "nora@example.org", role_ids=frozenset({role_id(session, "viewer")}))
    sentence = "The role viewer grants permissions that you do not hold."

    with pytest.raises(BeyondOwnPermissions, match=sentence):
        create(session, new, by=hedda)

    assert users.find(session, "nora") is None
    assert events(session) == [
        Event("change:refused", "hedda", "viewer", {}, {"refusal": sentence})
    ]


def test_who_may_not_assign_roles_creates_users_without_any(session, person):
    hedda = person("hedda", roles=["viewer"], permissions=["user:create"])
    new = NewUser("nora", "nora@example.org", role_ids=frozenset({role_id(session, "viewer")}))

    with pytest.raises(BeyondOwnPermissions, match="This needs the permission role:assign"):
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
    assert told[0].startswith("Somebody else has nora")
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
        "\u0430dmin": "\u0430dmin",
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


def test_deactivating_ends_the_sessions_and_is_recorded(session, ada, vera):
    sessions.start(session, vera, sessions.Client(), secret="a secret of the test")
    session.commit()

    carry_out(lambda: users.deactivate(session, vera.id, actor=acting(ada)), actor=acting(ada))

    assert not vera.is_active
    assert session.scalars(select(ConsoleSession)).all() == []
    assert events(session) == [
        Event("user:deactivated", "ada", "vera", {"is_active": True}, {"is_active": False})
    ]


def test_activating_is_recorded_once(session, ada, person):
    nora = person("nora", is_active=False)

    for _ in range(2):
        carry_out(lambda: users.activate(session, nora.id, actor=acting(ada)), actor=acting(ada))

    assert nora.is_active
    assert events(session) == [
        Event("user:activated", "ada", "nora", {"is_active": False}, {"is_active": True})
    ]


def delete(session, user, typed, *, by=OPERATOR, reason=""):
    actor = acting(by) if isinstance(by, User) else by
    user_id = user.id
    return carry_out(
        lambda: users.delete(session, user_id, typed, reason, actor=actor), actor=actor
    )


def test_deleting_takes_roles_sessions_and_links_along_and_is_recorded(session, ada, person):
    nora = person("nora", roles=["user", "viewer"], full_name="Nora Ito")
    sessions.start(session, nora, sessions.Client(), secret="a secret of the test")
    links.issue(session, links.Purpose.RESET, user_id=nora.id)
    session.commit()
    number = nora.id

    delete(session, nora, " nora ", by=ada, reason="Has left.")

    assert session.get(User, number) is None
    assert session.scalars(select(ConsoleSession)).all() == []
    assert session.scalars(select(OneTimeLink)).all() == []
    assert session.scalars(select(user_roles).where(user_roles.c.user_id == number)).all() == []
    before = {
        "username": "nora",
        "email": "nora@example.org",
        "full_name": "Nora Ito",
        "roles": ["user", "viewer"],
    }
    assert events(session) == [Event("user:deleted", "ada", "nora", before, {}, "Has left.")]


@pytest.mark.parametrize("typed", ["", "Vera", "ver", "vera@example.org", "ve ra"])
def test_who_types_another_name_deletes_nobody(session, ada, vera, typed):
    with pytest.raises(InvalidValue, match="Type the user name, vera, to confirm") as refusal:
        delete(session, vera, typed, by=ada)

    assert refusal.value.field == "username"
    assert users.find(session, "vera")


def test_the_last_administrator_is_not_deleted(session, ada, person):
    person("grace", roles=["admin"], is_active=False)

    with pytest.raises(LastAdministrator, match="ada is the last administrator"):
        delete(session, ada, "ada")

    assert users.find(session, "ada")
    person("boris", roles=["admin"])
    delete(session, ada, "ada")
    assert users.find(session, "ada") is None


def test_nobody_deletes_who_holds_more(session, ada, person):
    hedda = person("hedda", permissions=["user:delete"])

    with pytest.raises(BeyondOwnPermissions):
        delete(session, ada, "ada", by=hedda)

    assert users.find(session, "ada")


def test_whom_another_program_refers_to_is_not_deleted(session, ada, vera):
    session.execute(
        text(
            "CREATE TABLE backend_notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, "
            "FOREIGN KEY (user_id) REFERENCES users (id))"
        )
    )
    session.execute(text("INSERT INTO backend_notes VALUES (1, :user)"), {"user": vera.id})
    session.commit()
    try:
        with pytest.raises(users.UserIsReferredTo, match="Deactivate it instead"):
            delete(session, vera, "vera", by=ada)
        assert users.find(session, "vera").has_role("viewer")
    finally:
        session.rollback()
        session.execute(text("DROP TABLE backend_notes"))
        session.commit()


def test_somebody_s_session_is_ended_and_that_is_recorded(session, ada, vera):
    for _ in range(2):
        sessions.start(session, vera, sessions.Client(), secret="a secret of the test")
    session.commit()
    first, second = session.scalars(select(ConsoleSession.id).order_by(ConsoleSession.id)).all()
    actor = acting(ada)

    carry_out(lambda: users.end_session(session, vera.id, first, actor=actor), actor=actor)
    assert session.scalars(select(ConsoleSession.id)).all() == [second]
    with pytest.raises(NotFound):
        carry_out(lambda: users.end_session(session, ada.id, second, actor=actor), actor=actor)
    for _ in range(2):
        carry_out(lambda: users.end_sessions(session, vera.id, actor=actor), actor=actor)

    assert session.scalars(select(ConsoleSession.id)).all() == []
    assert events(session) == [
        Event("session:ended", "ada", "vera", {"session": first}, {}),
        Event("sessions:ended", "ada", "vera", {}, {}),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda session, who, actor: users.end_sessions(session, who, actor=actor),
        lambda session, who, actor: users.end_session(session, who, 1, actor=actor),
        lambda session, who, actor: users.activate(session, who, actor=actor),
        lambda session, who, actor: users.deactivate(session, who, actor=actor),
        lambda session, who, actor: users.start_reset(session, who, actor=actor),
    ],
)
def test_nobody_touches_who_holds_more(session, ada, person, change):
    actor = acting(person("hedda", permissions=["user:update"]))

    with pytest.raises(BeyondOwnPermissions, match="ada holds permissions that you do not hold"):
        carry_out(lambda: change(session, ada.id, actor), actor=actor)

    assert [event.action for event in events(session)] == ["change:refused"]


@pytest.mark.parametrize("change", [users.activate, users.deactivate, users.start_reset])
def test_a_reason_is_kept_and_has_its_limit(session, person, change):
    nora = person("nora", is_active=change is users.deactivate)

    with pytest.raises(InvalidValue, match="at most 500"):
        carry_out(lambda: change(session, nora.id, "x" * 501, actor=OPERATOR), actor=OPERATOR)
    carry_out(lambda: change(session, nora.id, " On leave. ", actor=OPERATOR), actor=OPERATOR)

    assert [event.reason for event in events(session)] == ["On leave."]


def test_starting_a_reset_is_recorded_without_the_link(session, ada, vera):
    _, token = carry_out(
        lambda: users.start_reset(session, vera.id, actor=acting(ada)), actor=acting(ada)
    )

    assert links.peek(session, links.Purpose.RESET, token).user_id == vera.id
    assert events(session) == [Event("password:reset-started", "ada", "vera", {}, {})]


def listed(session, *, sort="username", **wanted):
    page = users.page(session, UserFilter(**wanted), sort, Cursors())
    return [row.username for row in page.rows]


def test_users_are_found_by_the_beginning_of_name_or_address(session, person):
    person("anna", email="zoe@example.org")
    person("zora", email="anna@example.org")
    person("hanna")

    assert listed(session, q="ann") == ["anna", "zora"]
    assert listed(session, q="ANNA@") == ["zora"]
    assert listed(session, q="nna") == []


@pytest.mark.parametrize("typed", ["a%", "a_", "%", "_", "a\0", "\ud800", "x" * 5000, "\U0010ffff"])
@pytest.mark.parametrize("field", ["q", "role"])
def test_a_search_for_what_nobody_is_called_finds_nobody(session, ada, field, typed):
    assert listed(session, **{field: typed}) == []


def test_users_are_filtered_by_role_and_status(session, ada, vera, omar, person):
    person("ida", roles=["viewer"], is_active=False, is_verified=True)

    assert listed(session, role="viewer") == ["ida", "vera"]
    assert listed(session, role="none") == ["omar"]
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

    first = users.page(session, nothing, sort, Cursors())
    second = users.page(session, nothing, sort, Cursors(after=first.after))
    third = users.page(session, nothing, sort, Cursors(after=second.after))
    again = users.page(session, nothing, sort, Cursors(before=third.before))

    assert len({row.id for page in (first, second, third) for row in page.rows}) == 120
    assert (first.before, third.after) == (None, None)
    assert [row.id for row in again.rows] == [row.id for row in second.rows]
