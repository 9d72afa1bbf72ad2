"""Who may change who may do what (the access rules), and that somebody always administers."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain import access, users
from app.domain.access import LastAdministrator
from app.domain.authentication import passwords, sessions
from app.domain.errors import BeyondOwnPermissions, RuleError
from app.domain.users import AssignmentEdit, NewUser
from app.models import Permission, Role, User
from app.unit_of_work import carry_out
from tests.support.assigning import edit, names_of, set_roles
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting

HELPDESK = [
    *("user:create", "user:read", "user:update", "role:read", "role:assign"),
    *("document:create", "document:read", "document:update"),
]
CODES = ["document:read", "user:read", "user:create", "settings:read", "role:assign"]


@pytest.fixture
def hedda(person):
    """Works at the helpdesk: assigns roles, and holds what the role ``user`` grants."""
    return person("hedda", permissions=HELPDESK)


def refused(user: User, by: str, sentence: str) -> Event:
    return Event("change:refused", by, user.username, {}, {"refusal": sentence})


def test_who_holds_enough_assigns_and_unassigns(session, hedda, vera):
    set_roles(session, vera, "user", "viewer", by=hedda)
    set_roles(session, vera, "user", by=hedda)

    assert names_of(vera) == {"user"}


def test_nobody_assigns_a_role_that_grants_what_they_do_not_hold(session, hedda, vera):
    sentence = "The role admin grants permissions that you do not have."

    with pytest.raises(BeyondOwnPermissions, match=sentence) as refusal:
        set_roles(session, vera, "viewer", "admin", by=hedda)

    assert refusal.value.field == "roles"
    assert names_of(vera) == {"viewer"}
    assert events(session) == [refused(vera, "hedda", sentence)]


def test_holding_every_permission_is_not_holding_admin(session, person, vera):
    every = person("eve", permissions=session.scalars(select(Permission.code)).all())

    with pytest.raises(BeyondOwnPermissions):
        set_roles(session, vera, "admin", by=every)


def test_nobody_raises_their_own_permissions(session, hedda):
    own = hedda.roles[0].name

    with pytest.raises(BeyondOwnPermissions):
        set_roles(session, hedda, own, "admin", by=hedda)
    set_roles(session, hedda, own, "viewer", by=hedda)

    assert names_of(hedda) == {own, "viewer"}


def test_nobody_takes_a_role_from_somebody_who_holds_more(session, ada, hedda):
    sentence = "ada has permissions that you do not have, so you cannot change them."

    with pytest.raises(BeyondOwnPermissions, match=sentence):
        set_roles(session, ada, by=hedda)

    assert names_of(ada) == {"admin"}
    assert events(session) == [refused(ada, "hedda", sentence)]


@pytest.mark.parametrize("change", [users.activate, users.deactivate, users.start_reset])
def test_nobody_reaches_for_somebody_who_holds_more(session, ada, hedda, change):
    before = digests(session.get_bind())

    with pytest.raises(BeyondOwnPermissions):
        carry_out(lambda: change(session, ada.id, actor=acting(hedda)), actor=acting(hedda))

    assert digests(session.get_bind()) == before
    assert [event.action for event in events(session)] == ["change:refused"]


def test_a_permission_that_was_added_later_is_out_of_reach_too(session, ada, hedda, person):
    later = Permission(code="document:share", resource="document", action="share")
    session.add_all([later, Role(name="sharer", permissions=[later])])
    nora = person("nora", roles=["sharer"])

    for user, roles in ((nora, []), (person("olga"), ["sharer"])):
        with pytest.raises(BeyondOwnPermissions):
            set_roles(session, user, *roles, by=hedda)
    set_roles(session, nora, by=ada)

    assert names_of(nora) == set()


def test_who_lost_the_permission_to_assign_a_moment_ago_is_refused(session, person, vera):
    hedda = person("hedda", roles=["user"], permissions=["role:assign"])
    set_roles(session, hedda, "user", by=OPERATOR)

    with pytest.raises(BeyondOwnPermissions, match="You need the permission role:assign for this"):
        set_roles(session, vera, "user", by=hedda)

    assert names_of(vera) == {"viewer"}


def test_who_was_deactivated_a_moment_ago_is_refused(session, ada, hedda, vera):
    carry_out(lambda: users.deactivate(session, hedda.id, actor=acting(ada)), actor=acting(ada))

    with pytest.raises(BeyondOwnPermissions, match="Your account is no longer active"):
        set_roles(session, vera, "user", by=hedda)


@pytest.mark.usefixtures("ada")
def test_a_command_holds_every_permission(session, vera):
    set_roles(session, vera, "admin", by=OPERATOR)

    assert names_of(vera) == {"admin"}
    assert {event.actor for event in events(session)} == {"os:operator"}


@pytest.mark.parametrize("actor", ["ada", "a command"])
def test_the_last_administrator_keeps_the_role(session, ada, actor):
    by = ada if actor == "ada" else OPERATOR
    sentence = "ada is the last administrator. Make somebody else one first."

    with pytest.raises(LastAdministrator, match=sentence):
        set_roles(session, ada, "user", by=by)

    assert names_of(ada) == {"admin"}
    assert events(session) == [refused(ada, "ada" if by is ada else "os:operator", sentence)]


def test_the_last_administrator_stays_active(session, ada):
    sessions.start(session, ada, sessions.Browser(), secret="a secret of the test")
    session.commit()
    before = digests(session.get_bind())

    with pytest.raises(LastAdministrator):
        carry_out(lambda: users.deactivate(session, ada.id, actor=OPERATOR), actor=OPERATOR)

    assert ada.is_active
    assert digests(session.get_bind()) == before


@pytest.mark.parametrize(
    "columns",
    [
        {"is_active": False},
        {"password_hash": passwords.no_password()},
        {"password_hash": "hashed_password_here"},
        {"password_hash": "$argon2id$v=19$nobody can sign in with this"},
        {"roles": ["viewer"]},
    ],
)
def test_who_cannot_sign_in_as_one_is_no_second_administrator(session, ada, person, columns):
    person("boris", **({"roles": ["admin"]} | columns))

    with pytest.raises(LastAdministrator):
        set_roles(session, ada, by=ada)


def test_with_a_second_administrator_the_first_may_go(session, ada, person):
    person("boris", roles=["admin"])

    set_roles(session, ada, by=ada)

    assert names_of(ada) == set()
    assert access.has_administrator(session)


@pytest.mark.parametrize(
    "other",
    [
        "$argon2i$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43,
        "$2y$10$7QxUB7rQvTINRJzwwsQIpeFUiF/4ZinvTS4QsPplTd0TdD1Vywnoi",
    ],
)
def test_an_administrator_whose_password_another_program_hashed_counts(session, person, other):
    otto = person("otto", roles=["admin"], password_hash=other)

    assert access.has_administrator(session)
    with pytest.raises(LastAdministrator):
        carry_out(lambda: users.deactivate(session, otto.id, actor=OPERATOR), actor=OPERATOR)


def test_where_nobody_administers_other_roles_can_still_be_changed(session, vera):
    set_roles(session, vera, by=OPERATOR)

    assert names_of(vera) == set()


def test_the_review_refuses_what_the_change_would_refuse(session, ada, hedda, vera):
    with pytest.raises(BeyondOwnPermissions):
        users.review_roles(session, vera.id, edit(session, vera, "admin"), actor=acting(hedda))
    with pytest.raises(LastAdministrator):
        users.review_roles(session, ada.id, edit(session, ada), actor=acting(ada))


@dataclass(frozen=True)
class Step:
    """One of the people changes another's roles, or creates somebody with roles."""

    actor: int
    target: int | None
    roles: frozenset[int]


SUBSETS = st.frozensets(st.sampled_from(CODES))
STEPS = st.builds(
    Step,
    actor=st.integers(0, 2),
    target=st.none() | st.integers(0, 2),
    roles=st.frozensets(st.integers(0, 3), max_size=3),
)


@hypothesis_settings(max_examples=25)
@given(
    grants=st.lists(SUBSETS, min_size=4, max_size=4),
    held=st.lists(st.frozensets(st.integers(0, 3), max_size=2), min_size=3, max_size=3),
    steps=st.lists(STEPS, min_size=1, max_size=6),
)
def test_nobody_gains_by_giving(session, grants, held, steps):
    people, roles = a_house(session, grants, held)
    everything_at_first = held_by_all(session)

    for number, step in enumerate(steps):
        before = {person.id: codes_of(person) for person in people}
        own = codes_of(people[step.actor])
        people += taken(session, people, roles, step, number)
        for person in people:
            assert codes_of(person) <= before.get(person.id, frozenset()) | own

    assert held_by_all(session) <= everything_at_first
    session.rollback()


def a_house(session, grants, held):
    """Three people, four roles; nothing of it is committed."""
    permissions = {
        permission.code: permission
        for permission in session.scalars(select(Permission).where(Permission.code.in_(CODES)))
    }
    roles = [
        Role(name=f"role {number}", permissions=[permissions[code] for code in sorted(codes)])
        for number, codes in enumerate(grants)
    ]
    people = [
        User(
            username=f"person-{number}",
            email=f"person-{number}@example.org",
            password_hash=passwords.no_password(),
            roles=[roles[index] for index in sorted(indexes)],
        )
        for number, indexes in enumerate(held)
    ]
    session.add_all([*roles, *people])
    session.flush()
    return people, roles


def taken(session, people, roles, step, number):
    """Take the step unless it is refused; return who was created by it."""
    role_ids = frozenset(roles[index].id for index in step.roles)
    actor = acting(people[step.actor])
    try:
        with session.begin_nested():
            if step.target is None:
                new = NewUser(f"new-{number}", f"new-{number}@example.org", role_ids=role_ids)
                return [users.create(session, new, actor=actor)[0]]
            target = people[step.target]
            seen = users.roles_etag(role.id for role in target.roles)
            users.set_roles(session, target.id, AssignmentEdit(role_ids, seen), actor=actor)
    except RuleError:
        pass
    return []


def codes_of(person):
    return frozenset(permission.code for role in person.roles for permission in role.permissions)


def held_by_all(session):
    every = session.scalars(select(User)).all()
    return frozenset(code for person in every for code in codes_of(person))
