"""Many users at once: judged one by one, changed together, recorded each."""

import time
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import event, func, insert, select, update

from app.domain import users
from app.domain.access import LastAdministrator
from app.domain.authentication import sessions
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.domain.users import (
    BulkAction,
    BulkEdit,
    BulkOutcome,
    Selection,
    SelectionChangedMeanwhile,
    UserFilter,
    bulk_edit,
    bulk_plan,
)
from app.models import AuditEvent, ConsoleSession, Role, User, user_roles
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support import plans
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, PASSWORD_HASH, acting

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASSIGN, UNASSIGN, ACTIVATE, DEACTIVATE = BulkAction
CHANGED, UNCHANGED, EXCEEDS_ACTOR, LAST_ADMINISTRATOR = BulkOutcome
ROUNDS = 20
EVERYBODY = Selection(filters=UserFilter())


def these(*people):
    return Selection(frozenset(one.id for one in people))


def reviewed(session, action, selection, role="", *, by=OPERATOR):
    """What would be done, and the edit that does it."""
    actor = acting(by) if isinstance(by, User) else by
    plan = users.review_many(session, BulkEdit(action, selection, role), actor=actor)
    return plan, BulkEdit(action, selection, role, plan.etag, plan.count, "Spring cleaning.")


def done(session, action, selection, role="", *, by=OPERATOR):
    actor = acting(by) if isinstance(by, User) else by
    _, edit = reviewed(session, action, selection, role, by=by)
    return carry_out(lambda: users.change_many(session, edit, actor=actor), actor=actor)


def names(plan):
    """Who has which outcome."""
    return {
        outcome: [person.username for person in people]
        for outcome, people in plan.outcomes.items()
        if people
    }


@pytest.fixture
def crowd(session):
    """Adds many users quickly: ``crowd(10_000)``."""

    def crowd(count):
        rows = [
            {
                "username": f"crowd{number:05}",
                "email": f"{number:05}@crowd.example",
                "password_hash": PASSWORD_HASH,
                "created_at": NOON,
                "updated_at": NOON,
            }
            for number in range(count)
        ]
        session.execute(insert(User), rows)
        session.commit()
        return Selection(filters=UserFilter(q="crowd"))

    return crowd


def test_a_role_is_assigned_to_who_does_not_hold_it_yet(session, ada, vera, omar, person):
    nora = person("nora", roles=["user"])

    plan = done(session, ASSIGN, these(vera, omar, nora), "viewer", by=ada)

    assert names(plan) == {CHANGED: ["nora", "omar"], UNCHANGED: ["vera"]}
    assert plan.codes == ("document:read",)
    assert [role.name for role in nora.roles] == ["user", "viewer"]
    assert events(session) == [
        Event("role:assigned", "ada", name, {}, {"role": "viewer"}, "Spring cleaning.")
        for name in ("nora", "omar")
    ]
    assert len(set(session.scalars(select(AuditEvent.save_id)))) == 1


def test_a_role_is_unassigned_from_who_holds_it(session, ada, vera, omar):
    plan = done(session, UNASSIGN, these(vera, omar), "viewer", by=ada)

    assert names(plan) == {CHANGED: ["vera"], UNCHANGED: ["omar"]}
    assert vera.roles == []
    assert events(session) == [
        Event("role:unassigned", "ada", "vera", {"role": "viewer"}, {}, "Spring cleaning.")
    ]


def test_deactivating_ends_sessions_and_activating_lets_in_again(session, ada, vera, omar):
    for user in (ada, vera):
        sessions.start(session, user, sessions.Browser(), secret="a secret of the test")
    session.commit()

    assert names(done(session, DEACTIVATE, these(vera, omar), by=ada)) == {
        CHANGED: ["omar", "vera"]
    }
    assert not vera.is_active
    assert session.scalars(select(ConsoleSession.user_id)).all() == [ada.id]
    assert names(done(session, ACTIVATE, these(ada, vera), by=ada)) == {
        CHANGED: ["vera"],
        UNCHANGED: ["ada"],
    }

    assert [(one.action, one.target) for one in events(session)] == [
        ("user:deactivated", "omar"),
        ("user:deactivated", "vera"),
        ("user:activated", "vera"),
    ]


def test_a_filter_takes_all_whom_it_lets_pass(session, ada, vera, omar, person):
    person("vito", roles=["viewer"])
    person("vicky", roles=["viewer"], is_active=False)
    wanted = UserFilter(q="v", role="viewer", status="active")

    plan = done(session, DEACTIVATE, Selection(filters=wanted), by=ada)

    assert names(plan) == {CHANGED: ["vera", "vito"]}


def test_who_holds_more_than_the_actor_is_left_alone(session, ada, vera, omar, person):
    hedda = person("hedda", roles=["viewer"], permissions=["user:update"])
    person("rival", permissions=["settings:read"])

    plan = done(session, DEACTIVATE, EVERYBODY, by=hedda)

    assert names(plan) == {CHANGED: ["hedda", "omar", "vera"], EXCEEDS_ACTOR: ["ada", "rival"]}
    assert ada.is_active


def test_nobody_assigns_a_role_that_grants_more_than_they_hold(session, omar, person):
    hedda = person("hedda", permissions=["role:assign"])

    with pytest.raises(BeyondOwnPermissions, match="The role viewer grants permissions"):
        reviewed(session, ASSIGN, these(omar), "viewer", by=hedda)
    with pytest.raises(BeyondOwnPermissions, match="You need the permission user:update for this"):
        reviewed(session, DEACTIVATE, these(omar), by=hedda)

    plan = reviewed(session, UNASSIGN, EVERYBODY, "viewer", by=hedda)[0]
    assert names(plan)[UNCHANGED] == ["hedda", "omar"]


@pytest.mark.parametrize("action", [UNASSIGN, DEACTIVATE])
def test_one_administrator_is_left_and_that_is_the_actor(session, ada, person, action):
    person("boris", roles=["admin"])
    zoe = person("zoe", roles=["admin"])
    role = "admin" if action is UNASSIGN else ""

    assert names(reviewed(session, action, EVERYBODY, role, by=ada)[0])[LAST_ADMINISTRATOR] == [
        "ada"
    ]
    plan = done(session, action, EVERYBODY, role)

    assert names(plan) == {CHANGED: ["ada", "boris"], LAST_ADMINISTRATOR: ["zoe"]}
    assert zoe.is_active
    assert zoe.has_role("admin")


def test_an_administrator_elsewhere_lets_all_the_chosen_ones_go(session, ada, person):
    person("grace", roles=["admin"])
    boris = person("boris", roles=["admin"])

    assert names(done(session, DEACTIVATE, these(ada, boris))) == {CHANGED: ["ada", "boris"]}


def test_who_cannot_sign_in_is_no_administrator_to_be_left(session, ada, person):
    person("ghost", roles=["admin"], password_hash="hashed_password_here")

    assert names(done(session, DEACTIVATE, these(ada))) == {LAST_ADMINISTRATOR: ["ada"]}


def test_where_there_never_was_an_administrator_nobody_is_spared(session, vera):
    with pytest.raises(LastAdministrator):
        done(session, DEACTIVATE, these(vera))


@pytest.mark.parametrize(
    ("selection", "error"),
    [
        (Selection(), InvalidValue),
        (Selection(frozenset({999_999, 0, -1, 2**31, 10**30})), InvalidValue),
        (Selection(filters=UserFilter(q="nobody")), InvalidValue),
        (Selection(filters=UserFilter(status="gone")), InvalidValue),
        (Selection(filters=UserFilter(q="a\0")), InvalidValue),
    ],
)
def test_somebody_has_to_be_selected(session, ada, selection, error):
    with pytest.raises(error):
        reviewed(session, DEACTIVATE, selection, by=ada)


@pytest.mark.parametrize(("role", "error"), [("", InvalidValue), ("gone", NotFound)])
def test_the_role_has_to_be_there(session, ada, omar, role, error):
    with pytest.raises(error):
        reviewed(session, ASSIGN, these(omar), role, by=ada)


def test_more_than_ten_thousand_are_refused(session, ada, crowd, monkeypatch):
    monkeypatch.setattr(bulk_edit, "MOST", 5)
    selection = crowd(6)

    with pytest.raises(InvalidValue, match="More than 5 users match"):
        reviewed(session, DEACTIVATE, selection, by=ada)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [("crowd9", "has changed from 3 to 4 users since"), (None, "The selection has changed since")],
)
def test_others_than_were_reviewed_are_not_changed(session, ada, crowd, person, new, sentence):
    _, edit = reviewed(session, DEACTIVATE, crowd(3), by=ada)
    person("crowd8" if new is None else new)
    if new is None:
        session.execute(
            update(User).where(User.username == "crowd00001").values(username="gone", email="gone")
        )
        session.commit()
    before = digests(session.get_bind())

    with pytest.raises(SelectionChangedMeanwhile, match=sentence):
        carry_out(lambda: users.change_many(session, edit, actor=acting(ada)), actor=acting(ada))

    assert digests(session.get_bind()) == before


def test_a_reason_that_is_too_long_changes_nothing(session, ada, vera):
    plan, _ = reviewed(session, DEACTIVATE, these(vera), by=ada)
    edit = BulkEdit(DEACTIVATE, these(vera), "", plan.etag, plan.count, "x" * 501)

    with pytest.raises(InvalidValue, match="at most 500"):
        carry_out(lambda: users.change_many(session, edit, actor=acting(ada)), actor=acting(ada))

    assert vera.is_active


def test_the_changes_and_their_events_are_rolled_back_together(session, ada, vera):
    _, edit = reviewed(session, ASSIGN, these(ada, vera), "user", by=ada)
    before = digests(session.get_bind())

    users.change_many(session, edit, actor=acting(ada))
    session.rollback()

    assert digests(session.get_bind()) == before


@pytest.fixture
def counted(session):
    """Counts statements: ``with counted as made: ...``; their number is ``len(made)``."""
    made = []
    engine = session.get_bind()

    def note(*arguments):
        made.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("action", BulkAction)
def test_only_whole_chunks_cost_further_statements(
    session, ada, crowd, counted, monkeypatch, action
):
    monkeypatch.setattr(bulk_plan, "CHUNK", 20)
    crowd(60)
    role = "user" if action.takes_role else ""
    if action is UNASSIGN:
        done(session, ASSIGN, Selection(filters=UserFilter(q="crowd")), "user")
    if action is ACTIVATE:
        done(session, DEACTIVATE, Selection(filters=UserFilter(q="crowd")))
    costs = []

    for beginning, count in (("crowd0005", 10), ("crowd0004", 10), ("crowd000", 40)):
        selection = Selection(filters=UserFilter(q=beginning))
        _, edit = reviewed(session, action, selection, role, by=ada)
        session.rollback()
        counted.clear()
        plan = carry_out(
            partial(users.change_many, session, edit, actor=acting(ada)), actor=acting(ada)
        )
        costs.append(len(counted))
        assert len(plan.changed) == count

    # The last reads 60 people in three chunks, by two statements each, and writes 40 in two. The
    # roles of those who are activated or deactivated are read in two as well.
    assert costs[0] == costs[1]
    # Whose roles change is compared with the record, by two statements for each chunk.
    written = 2 if action is ACTIVATE else 3
    assert costs[2] == costs[0] + 2 * 2 + written


@pytest.mark.slow
@pytest.mark.parametrize("action", [ASSIGN, DEACTIVATE])
def test_ten_thousand_take_less_than_twenty_seconds(
    session, ada, crowd, database_name, record_property, action
):
    selection = crowd(10_000)
    if database_name != "sqlite":
        # PostgreSQL keeps the plan by which it checks references; one made for a handful of users
        # reads all of them for each row, until statistics tell of the others.
        plans.gather_statistics(session)
    role = "viewer" if action is ASSIGN else ""
    _, edit = reviewed(session, action, selection, role, by=ada)

    start = time.perf_counter()
    plan = carry_out(lambda: users.change_many(session, edit, actor=acting(ada)), actor=acting(ada))
    seconds = time.perf_counter() - start

    assert len(plan.changed) == 10_000
    assert seconds <= 20
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 10_000
    record_property("figure", f"{action} 10,000 users on {database_name}: {seconds:.1f} s")


def test_two_who_deactivate_all_administrators_at_once_leave_one(app, session, ada, person):
    boris = person("boris", roles=["admin"])
    admin = session.scalar(select(Role.id).where(Role.name == "admin"))
    both = [acting(ada), acting(boris)]
    ids = [ada.id, boris.id]
    session.rollback()
    engine = session.get_bind()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            with engine.begin() as connection:
                connection.execute(update(User).where(User.id.in_(ids)).values(is_active=True))
            pair.at_once(*(move(session, actor, ids, number) for actor in both))
            with engine.connect() as connection:
                left = (
                    select(func.count())
                    .select_from(User)
                    .join(user_roles, user_roles.c.user_id == User.id)
                    .where(user_roles.c.role_id == admin, User.is_active)
                )
                assert connection.scalar(left) == 1


def move(session, actor, ids, number):
    """Both at once, or each the other one."""
    targets = ids if number % 2 else [one for one in ids if one != actor.id]
    edits = []

    def read():
        selection = Selection(frozenset(targets))
        plan = users.review_many(session, BulkEdit(DEACTIVATE, selection), actor=actor)
        edits.append(BulkEdit(DEACTIVATE, selection, "", plan.etag, plan.count))

    def write():
        carry_out(lambda: users.change_many(session, edits[0], actor=actor), actor=actor)

    return read, write
