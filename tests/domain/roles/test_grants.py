"""Who may change what roles grant, and what follows from it."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from app.domain import roles, users
from app.domain.authentication import passwords
from app.domain.confirmation import Deletion
from app.domain.errors import BeyondOwnPermissions, InvalidValue, RuleError
from app.domain.roles import (
    GrantEdit,
    GrantsChangedMeanwhile,
    GrantsEdit,
    NewRole,
    SystemRoleProtected,
)
from app.domain.users import AssignmentEdit
from app.models import AuditEvent, Permission, Role, User, role_permissions
from app.unit_of_work import carry_out
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting

CODES = ["document:read", "user:read", "settings:read", "role:update", "role:create"]
MAY = ["role:update", "role:read"]


@pytest.fixture
def mona(person):
    """May change roles, and reads and writes documents."""
    return person("mona", permissions=[*MAY, "document:read", "document:update"])


def edit(session, role, *codes):
    """The permissions that the role shall grant, as a page that was just opened sends them."""
    ids = session.scalars(select(Permission.id).where(Permission.code.in_(codes))).all()
    assert len(ids) == len(codes)
    seen = session.scalars(
        select(role_permissions.c.permission_id).where(role_permissions.c.role_id == role.id)
    )
    return GrantEdit(frozenset(ids), roles.grants_etag(seen.all()))


def grant(session, by, wanted, reason=""):
    """Let roles grant exactly these codes, as a page or a command does it."""
    actor = acting(by) if isinstance(by, User) else by
    edits = {role.id: edit(session, role, *codes) for role, codes in wanted.items()}
    return carry_out(
        lambda: roles.change_grants(session, GrantsEdit(edits, reason), actor=actor), actor=actor
    )


def codes_of(session, role):
    session.expire_all()
    return {permission.code for permission in session.get(Role, role.id).permissions}


def test_each_role_that_gains_or_loses_is_an_event(session, ada, role):
    editor, reader = role("editor", "document:read", "document:update"), role("reader")

    done = grant(
        session, ada, {editor: ["document:read", "document:delete"], reader: ["user:read"]}, "Why."
    )

    assert [(one.name, one.gained, one.lost) for one in done] == [
        ("editor", ("document:delete",), ("document:update",)),
        ("reader", ("user:read",), ()),
    ]
    assert codes_of(session, editor) == {"document:read", "document:delete"}
    assert codes_of(session, reader) == {"user:read"}
    assert events(session) == [
        Event("permission:granted", "ada", "editor", {}, {"codes": ["document:delete"]}, "Why."),
        Event("permission:revoked", "ada", "editor", {"codes": ["document:update"]}, {}, "Why."),
        Event("permission:granted", "ada", "reader", {}, {"codes": ["user:read"]}, "Why."),
    ]
    assert len(set(session.scalars(select(AuditEvent.save_id)))) == 1


def ids_of(session, *codes):
    return frozenset(session.scalars(select(Permission.id).where(Permission.code.in_(codes))))


def edit_of(session, role, shown, wanted):
    """What a page sends that shows some permissions only."""
    seen = ids_of(session, *(codes_of(session, role) & set(shown)))
    return GrantEdit(ids_of(session, *wanted), roles.grants_etag(seen), ids_of(session, *shown))


def change(session, by, edits):
    return carry_out(
        lambda: roles.change_grants(session, GrantsEdit(edits), actor=acting(by)), actor=acting(by)
    )


def test_what_was_not_shown_stays_granted(session, ada, role):
    editor = role("editor", "document:read", "document:update")
    seen = edit_of(session, editor, ["document:update", "user:read"], ["user:read"])

    [found] = roles.review_grants(session, GrantsEdit({editor.id: seen}), actor=acting(ada)).roles
    [done] = change(session, ada, {editor.id: seen})

    assert found.difference == done
    assert (done.gained, done.lost) == (("user:read",), ("document:update",))
    assert codes_of(session, editor) == {"document:read", "user:read"}
    assert [event.action for event in events(session)] == [
        *("permission:granted", "permission:revoked")
    ]


def test_what_was_not_shown_may_change_meanwhile(session, ada, role):
    editor = role("editor", "document:read", "document:update")
    seen = edit_of(session, editor, ["user:read"], ["user:read"])
    editor.permissions = []
    session.commit()

    change(session, ada, {editor.id: seen})

    assert codes_of(session, editor) == {"user:read"}


def test_what_was_shown_may_not_change_meanwhile(session, ada, role):
    editor = role("editor", "document:read", "document:update")
    seen = edit_of(session, editor, ["document:read", "user:read"], ["user:read"])
    editor.permissions = []
    session.commit()

    with pytest.raises(GrantsChangedMeanwhile):
        change(session, ada, {editor.id: seen})

    assert codes_of(session, editor) == set()


def test_what_changes_nothing_is_no_event(session, ada, role):
    editor = role("editor", "document:read")

    assert grant(session, ada, {editor: ["document:read"]}) == []
    assert events(session) == []


def test_the_review_changes_nothing(session, ada, role):
    editor = role("editor", "document:read")
    before = digests(session.get_bind())

    found = roles.review_grants(
        session, GrantsEdit({editor.id: edit(session, editor)}), actor=acting(ada)
    )

    assert [one.difference.lost for one in found.roles] == [("document:read",)]
    session.rollback()
    assert digests(session.get_bind()) == before


def test_nobody_grants_what_they_do_not_hold(session, mona, role):
    editor = role("editor", "document:read")
    sentence = "You do not have settings:read, so you cannot grant it."

    with pytest.raises(BeyondOwnPermissions, match=sentence):
        grant(session, mona, {editor: ["document:read", "settings:read"]})

    assert codes_of(session, editor) == {"document:read"}
    [refusal] = events(session)
    assert (refusal.action, refusal.target, refusal.after) == (
        "change:refused",
        "editor",
        {"refusal": sentence},
    )


def test_what_one_holds_oneself_can_be_granted_and_revoked(session, mona, role):
    editor = role("editor", "document:read")

    grant(session, mona, {editor: ["document:update"]})

    assert codes_of(session, editor) == {"document:update"}


def test_nobody_touches_a_role_that_grants_what_they_do_not_hold(session, mona, role):
    strong = role("strong", "document:read", "settings:update")

    for codes in (["settings:update"], ["document:read"], ["document:update", "settings:update"]):
        with pytest.raises(BeyondOwnPermissions, match="The role strong grants permissions"):
            grant(session, mona, {strong: codes})

    assert codes_of(session, strong) == {"document:read", "settings:update"}


def test_nobody_raises_their_own_roles(session, mona):
    [own] = mona.roles
    held = codes_of(session, own)

    with pytest.raises(BeyondOwnPermissions):
        grant(session, mona, {own: [*held, "settings:read"]})

    assert codes_of(session, own) == held


def test_nobody_takes_from_somebody_who_holds_more(session, mona, person, role):
    editor = role("editor", "document:read")
    person("nora", roles=["editor"], permissions=["settings:read"])

    with pytest.raises(BeyondOwnPermissions, match="Somebody with the role editor has"):
        grant(session, mona, {editor: []})
    grant(session, mona, {editor: ["document:read", "document:update"]})

    assert codes_of(session, editor) == {"document:read", "document:update"}


def test_one_refusal_refuses_all(session, mona, role):
    editor, reader = role("editor"), role("reader")

    with pytest.raises(BeyondOwnPermissions):
        grant(session, mona, {editor: ["document:read"], reader: ["settings:read"]})

    assert codes_of(session, editor) == codes_of(session, reader) == set()


def test_changing_needs_its_permission(session, person, role):
    iris = person("iris", permissions=["role:read", "document:read"])
    editor = role("editor")

    with pytest.raises(BeyondOwnPermissions, match="You need the permission role:update for this"):
        grant(session, iris, {editor: ["document:read"]})


@pytest.mark.parametrize("by", ["ada", "a command"])
def test_admin_grants_everything_whatever_is_ticked(session, ada, by):
    admin = session.scalars(select(Role).where(Role.name == "admin")).one()
    before = codes_of(session, admin)

    with pytest.raises(SystemRoleProtected, match="The role admin grants every permission, always"):
        grant(session, ada if by == "ada" else OPERATOR, {admin: ["document:read"]})

    assert codes_of(session, admin) == before


def test_what_other_system_roles_grant_can_be_changed(session, ada):
    viewer = session.scalars(select(Role).where(Role.name == "viewer")).one()

    grant(session, OPERATOR, {viewer: ["document:read", "settings:read"]})

    assert codes_of(session, viewer) == {"document:read", "settings:read"}


def test_what_changed_meanwhile_is_told_and_names_the_roles(session, ada, role):
    editor, reader = role("editor", "document:read"), role("reader")
    seen = {one.id: edit(session, one, "document:update") for one in (editor, reader)}
    grant(session, ada, {editor: ["document:delete"]})

    with pytest.raises(GrantsChangedMeanwhile, match="of the role editor were") as conflict:
        carry_out(
            lambda: roles.change_grants(session, GrantsEdit(seen), actor=acting(ada)),
            actor=acting(ada),
        )

    assert conflict.value.role_ids == {editor.id}
    assert codes_of(session, reader) == set()


def test_what_another_program_granted_meanwhile_is_told(session, ada, role):
    editor = role("editor", "document:read")
    seen = {editor.id: edit(session, editor)}
    other = session.scalars(select(Permission.id).where(Permission.code == "user:read")).one()
    session.execute(insert(role_permissions).values(role_id=editor.id, permission_id=other))
    session.commit()

    with pytest.raises(GrantsChangedMeanwhile):
        carry_out(
            lambda: roles.change_grants(session, GrantsEdit(seen), actor=acting(ada)),
            actor=acting(ada),
        )


@pytest.mark.parametrize("number", [0, -1, 2**31 - 1, 2**31, 2**63, 10**30])
def test_roles_and_permissions_that_do_not_exist_are_refused(session, ada, role, number):
    editor = role("editor")
    none = roles.grants_etag(())

    for edits in (
        {number: GrantEdit(frozenset(), none)},
        {editor.id: GrantEdit(frozenset({number}), none)},
    ):
        with pytest.raises(InvalidValue, match="does not exist"):
            roles.review_grants(session, GrantsEdit(edits), actor=acting(ada))


def test_no_permission_is_left_with_administrators_alone_unseen(session, ada, person, role):
    editor, reader = role("editor", "document:delete"), role("reader", "document:delete")
    person("nora", roles=["editor"])
    person("olga", roles=["reader"], is_active=False)

    def left(wanted):
        edits = {one.id: edit(session, one, *codes) for one, codes in wanted.items()}
        return roles.review_grants(session, GrantsEdit(edits), actor=acting(ada)).orphaned

    assert left({editor: []}) == ["document:delete"]
    assert left({reader: []}) == []
    person("pia", roles=["reader"])
    assert left({editor: []}) == []
    assert left({editor: [], reader: []}) == ["document:delete"]


def test_who_moves_from_one_role_to_another_by_grants_loses_nothing(session, ada, person, role):
    editor, reader = role("editor", "document:delete"), role("reader")
    person("nora", roles=["editor", "reader"])
    edits = {
        editor.id: edit(session, editor),
        reader.id: edit(session, reader, "document:delete"),
    }

    found = roles.review_grants(session, GrantsEdit(edits), actor=acting(ada)).roles

    assert [(one.gaining.count, one.losing.count) for one in found] == [(0, 0), (0, 0)]


def test_administrators_neither_gain_nor_lose(session, ada, role):
    editor = role("editor", "document:delete")
    ada.roles = [*ada.roles, editor]
    session.commit()

    edits = {editor.id: edit(session, editor, "user:read")}
    [found] = roles.review_grants(session, GrantsEdit(edits), actor=acting(ada)).roles

    assert (found.gaining.count, found.losing.count) == (0, 0)


SETS = st.frozensets(st.sampled_from(CODES))
STEPS = st.tuples(
    st.sampled_from(["grant", "assign", "create", "delete"]),
    st.integers(0, 2),
    st.integers(0, 3),
    st.integers(0, 2),
    SETS,
)


@hypothesis_settings(max_examples=30)
@given(
    granted=st.lists(SETS, min_size=4, max_size=4),
    held=st.lists(st.frozensets(st.integers(0, 3), max_size=2), min_size=3, max_size=3),
    steps=st.lists(STEPS, min_size=1, max_size=8),
)
def test_nobody_gains_by_granting(session, granted, held, steps):
    session.rollback()
    people, made = a_house(session, granted, held)

    for number, (what, actor, which, target, codes) in enumerate(steps):
        before = {person.id: held_by(session, person) for person in people}
        own = before[people[actor].id]
        try:
            with session.begin_nested():
                take(session, what, people[actor], made[which], people[target], codes, number)
        except RuleError:
            session.expire_all()
        for person in people:
            assert held_by(session, person) <= before[person.id] | own

    session.rollback()


def a_house(session, granted, held):
    """Three people, four roles; nothing of it is committed."""
    every = {one.code: one for one in session.scalars(select(Permission))}
    roles = [
        Role(name=f"role {number}", permissions=[every[code] for code in sorted(codes)])
        for number, codes in enumerate(granted)
    ]
    helper = Role(name="helps", permissions=[every["role:assign"], every["role:delete"]])
    people = [
        User(
            username=f"person-{number}",
            email=f"person-{number}@example.org",
            password_hash=passwords.no_password(),
            roles=[helper, *(roles[index] for index in sorted(indexes))],
        )
        for number, indexes in enumerate(held)
    ]
    session.add_all([*roles, *people])
    session.flush()
    return people, [role.id for role in roles]


def take(session, what, person, role_id, target, codes, number):
    """Take one step, in whatever way the name says."""
    actor = acting(person)
    role = session.get(Role, role_id)
    if what == "create" or role is None:
        new = NewRole(f"made {number}", clone_of=role_id, template=None)
        made = roles.create(session, new, actor=actor)
        assert made.id
    elif what == "grant":
        roles.change_grants(
            session, GrantsEdit({role_id: edit(session, role, *codes)}), actor=actor
        )
    elif what == "assign":
        seen = users.roles_etag(held.id for held in target.roles)
        ids = frozenset({role_id, *(held.id for held in target.roles)})
        users.set_roles(session, target.id, AssignmentEdit(ids, seen), actor=actor)
    else:
        etag = roles.deletion_etag(roles.read_matrix(session).role(role_id))
        roles.delete(session, role_id, Deletion(role.name, etag), actor=actor)
    session.expire_all()


def held_by(session, person):
    session.expire(person)
    return {one.code for role in person.roles for one in role.permissions}
