"""Accounts: activated, deactivated and deleted, their sessions ended, their passwords reset."""

import pytest
from sqlalchemy import select, text

from app.domain import users
from app.domain.access import LastAdministrator
from app.domain.authentication import one_time_links, sessions
from app.domain.confirmation import Confirmation, Deletion
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.models import ConsoleSession, OneTimeLink, User, user_roles
from app.unit_of_work import carry_out
from tests.support.assigning import set_roles
from tests.support.contents import Event, events
from tests.support.people import OPERATOR, acting


def test_deactivating_ends_the_sessions_and_is_recorded(session, ada, vera):
    sessions.start(session, vera, sessions.Browser(), secret="a secret of the test")
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
    user_id, deletion = user.id, Deletion(typed, users.deletion_etag(user), reason)
    return carry_out(lambda: users.delete(session, user_id, deletion, actor=actor), actor=actor)


def test_deleting_takes_roles_sessions_and_links_along_and_is_recorded(session, ada, person):
    nora = person("nora", roles=["user", "viewer"], full_name="Nora Ito")
    sessions.start(session, nora, sessions.Browser(), secret="a secret of the test")
    one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=nora.id)
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


def test_who_was_changed_meanwhile_is_not_deleted(session, ada, vera):
    deletion = Deletion("vera", users.deletion_etag(vera), "")
    set_roles(session, vera, "viewer", "user", by=ada)

    with pytest.raises(users.UserChangedMeanwhile, match="vera was changed by somebody else"):
        carry_out(
            lambda: users.delete(session, vera.id, deletion, actor=acting(ada)), actor=acting(ada)
        )

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
        sessions.start(session, vera, sessions.Browser(), secret="a secret of the test")
    session.commit()
    first, second = session.scalars(select(ConsoleSession.id).order_by(ConsoleSession.id)).all()
    actor = acting(ada)

    carry_out(lambda: users.end_sessions(session, vera.id, first, actor=actor), actor=actor)
    assert session.scalars(select(ConsoleSession.id)).all() == [second]
    with pytest.raises(NotFound):
        carry_out(lambda: users.end_sessions(session, ada.id, second, actor=actor), actor=actor)
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
        lambda session, who, actor: users.end_sessions(session, who, 1, actor=actor),
        lambda session, who, actor: users.activate(session, who, actor=actor),
        lambda session, who, actor: users.deactivate(session, who, actor=actor),
        lambda session, who, actor: users.start_reset(session, who, actor=actor),
    ],
)
def test_nobody_touches_who_holds_more(session, ada, person, change):
    actor = acting(person("hedda", permissions=["user:update"]))

    with pytest.raises(BeyondOwnPermissions, match="ada has permissions that you do not have"):
        carry_out(lambda: change(session, ada.id, actor), actor=actor)

    assert [event.action for event in events(session)] == ["change:refused"]


@pytest.mark.parametrize("change", [users.activate, users.deactivate, users.start_reset])
def test_a_reason_is_kept_and_has_its_limit(session, person, change):
    nora = person("nora", is_active=change is users.deactivate)

    with pytest.raises(InvalidValue, match="at most 500"):
        carry_out(
            lambda: change(session, nora.id, Confirmation("x" * 501), actor=OPERATOR),
            actor=OPERATOR,
        )
    carry_out(
        lambda: change(session, nora.id, Confirmation(" On leave. "), actor=OPERATOR),
        actor=OPERATOR,
    )

    assert [event.reason for event in events(session)] == ["On leave."]


def test_starting_a_reset_is_recorded_without_the_link(session, ada, vera):
    _, token = carry_out(
        lambda: users.start_reset(session, vera.id, actor=acting(ada)), actor=acting(ada)
    )

    assert one_time_links.peek(session, one_time_links.Purpose.RESET, token).user_id == vera.id
    assert events(session) == [Event("password:reset-started", "ada", "vera", {}, {})]
