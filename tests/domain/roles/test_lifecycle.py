"""Roles come, get another name, and go."""

import pytest
from sqlalchemy import select, text

from app.domain import roles
from app.domain.confirmation import Deletion
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.domain.roles import (
    TEMPLATES,
    NewRole,
    RoleChangedMeanwhile,
    RoleEdit,
    SystemRoleProtected,
    lifecycle,
)
from app.models import AuditEvent, Permission, Role, User
from app.unit_of_work import carry_out
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting


def actor_of(by):
    return acting(by) if isinstance(by, User) else by


def create(session, by, name, **details):
    actor = actor_of(by)
    new = NewRole(name, **details)
    return carry_out(lambda: roles.create(session, new, actor=actor), actor=actor)


def change(session, by, role, name=None, description="", **details):
    actor, role_id = actor_of(by), role.id
    given = {"etag": roles.etag_of(role)} | details
    edit = RoleEdit(name if name is not None else role.name, description, **given)
    return carry_out(lambda: roles.change(session, role_id, edit, actor=actor), actor=actor)


def delete(session, by, role, name=None, **details):
    actor, role_id = actor_of(by), role.id
    seen = lifecycle.deletion_etag(roles.read_matrix(session).role(role_id))
    typed = Deletion(name if name is not None else role.name, **{"etag": seen} | details)
    return carry_out(lambda: lifecycle.delete(session, role_id, typed, actor=actor), actor=actor)


def names(session):
    return set(session.scalars(select(Role.name)))


def codes_of(role):
    return {permission.code for permission in role.permissions}


def test_a_role_from_nothing_is_recorded(session, ada):
    role = create(session, ada, "  Settings Keeper ", description=" Keeps. ", reason="New team.")

    assert (role.name, role.description, role.is_system) == ("settings keeper", "Keeps.", False)
    assert codes_of(role) == set()
    after = {"name": "settings keeper", "description": "Keeps.", "codes": []}
    assert events(session) == [
        Event("role:created", "ada", "settings keeper", {}, after, "New team.")
    ]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_role_from_a_template_grants_what_the_template_says(session, ada, template):
    role = create(session, ada, "team", template=template)

    assert codes_of(role) == TEMPLATES[template].codes
    assert events(session)[0].after["codes"] == sorted(TEMPLATES[template].codes)


def test_a_clone_grants_the_same(session, ada):
    user = session.scalars(select(Role).where(Role.name == "user")).one()

    role = create(session, ada, "writers", clone_of=user.id)

    assert codes_of(role) == codes_of(user)
    assert not role.is_system


def test_a_clone_of_admin_grants_what_there_is_now(session, ada):
    admin = session.scalars(select(Role).where(Role.name == "admin")).one()
    session.add(Permission(code="report:print", resource="report", action="print"))
    session.commit()

    role = create(session, ada, "almost", clone_of=admin.id)

    assert codes_of(role) == set(session.scalars(select(Permission.code)))


@pytest.mark.parametrize("details", [{"template": "auditor"}, {"template": "helpdesk"}])
def test_nobody_creates_a_role_that_grants_what_they_do_not_hold(session, person, details):
    mona = person("mona", permissions=["role:create", "settings:read"])

    with pytest.raises(BeyondOwnPermissions, match="You do not have") as refusal:
        create(session, mona, "team", **details)

    assert refusal.value.field == "template"
    assert "team" not in names(session)
    assert create(session, mona, "empty").name == "empty"


def test_nobody_clones_what_they_do_not_hold(session, person):
    mona = person("mona", permissions=["role:create", "document:read"])
    user, viewer = (
        session.scalars(select(Role.id).where(Role.name == name)).one()
        for name in ("user", "viewer")
    )

    with pytest.raises(BeyondOwnPermissions):
        create(session, mona, "team", clone_of=user)
    assert codes_of(create(session, mona, "team", clone_of=viewer)) == {"document:read"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("a,b", "comma"),
        ("a\nb", "cannot be stored"),
        ("a\0b", "cannot be stored"),
        ("a\ud800", "cannot be stored"),
        ("a\u200bb", "an invisible character"),
        ("\u202eadmin", "an invisible character"),
        ("x" * 101, "at most 100"),
        ("İ" * 60, "at most 100"),
        ("Viewer", "There is a role named viewer already"),
        (" ADMIN ", "There is a role named admin already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(session, ada, name, sentence):
    before = digests(session.get_bind())

    with pytest.raises(InvalidValue, match=sentence) as refusal:
        create(session, ada, name)

    assert refusal.value.field == "name"
    assert digests(session.get_bind()) == before


def test_the_name_admin_is_kept_also_where_nobody_has_it(session, ada):
    admin = session.scalars(select(Role).where(Role.name == "admin")).one()
    admin.name = "former"
    session.commit()

    with pytest.raises(InvalidValue, match="The name admin is reserved"):
        create(session, OPERATOR, "admin")


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"template": "no-such"}, "This template does not exist"),
        ({"clone_of": 2**31 - 1}, "The role to clone does not exist"),
    ],
)
def test_a_template_that_does_not_exist_is_refused(session, ada, details, message):
    with pytest.raises(InvalidValue, match=message) as refusal:
        create(session, ada, "team", **details)
    assert refusal.value.field == "template"


def test_a_role_is_renamed_and_described(session, ada):
    role = create(session, ada, "team", description="Ours.")

    change(session, ada, role, "Crew", "Ours.", reason="It grew.")
    change(session, ada, role, "crew", "")

    assert (role.name, role.description) == ("crew", None)
    assert events(session)[1:] == [
        Event("role:renamed", "ada", "crew", {"name": "team"}, {"name": "crew"}, "It grew."),
        Event("role:changed", "ada", "crew", {"description": "Ours."}, {"description": None}),
    ]


def test_what_changes_nothing_is_no_event(session, ada):
    role = create(session, ada, "team")

    change(session, ada, role, " TEAM ")

    assert len(events(session)) == 1


def test_whoever_holds_a_renamed_role_keeps_it(session, ada, person):
    role = create(session, ada, "team", template="auditor")
    nora = person("nora", roles=["team"])

    change(session, ada, role, "crew")

    session.expire_all()
    assert nora.has_permission("audit:read")


@pytest.mark.parametrize("name", ["admin", "user", "viewer"])
@pytest.mark.parametrize("by", ["ada", "a command"])
def test_system_roles_keep_their_names_and_stay(session, ada, name, by):
    actor = ada if by == "ada" else OPERATOR
    role = session.scalars(select(Role).where(Role.name == name)).one()

    with pytest.raises(SystemRoleProtected, match="It keeps its name"):
        change(session, actor, role, "another")
    with pytest.raises(SystemRoleProtected, match="It cannot be deleted"):
        delete(session, actor, role)
    change(session, actor, role, description="Described.")

    assert names(session) >= {"admin", "user", "viewer"}
    assert role.description == "Described."


def test_the_role_admin_is_protected_also_without_its_flag(session, ada):
    admin = session.scalars(select(Role).where(Role.name == "admin")).one()
    admin.is_system = False
    session.commit()

    with pytest.raises(SystemRoleProtected):
        delete(session, OPERATOR, admin)
    with pytest.raises(SystemRoleProtected):
        change(session, OPERATOR, admin, "former")


def test_a_role_that_changed_meanwhile_is_told(session, ada):
    role = create(session, ada, "team")
    seen = roles.etag_of(role)
    change(session, ada, role, description="Theirs.")

    with pytest.raises(RoleChangedMeanwhile):
        change(session, ada, role, description="Ours.", etag=seen)

    assert role.description == "Theirs."


def test_nobody_changes_or_deletes_a_role_that_grants_what_they_do_not_hold(session, ada, person):
    mona = person("mona", permissions=["role:update", "role:delete", "settings:read"])
    role = create(session, ada, "team", template="auditor")

    with pytest.raises(BeyondOwnPermissions, match="The role team grants"):
        change(session, mona, role, "crew")
    with pytest.raises(BeyondOwnPermissions, match="The role team grants"):
        delete(session, mona, role)

    assert "team" in names(session)


def test_deleting_takes_the_role_from_all_who_hold_it(session, ada, person):
    role = create(session, ada, "team", template="auditor")
    people = [person(name, roles=["team", "viewer"]) for name in ("nora", "olga")]
    count = len(events(session))

    assert delete(session, ada, role, " Team ", reason="Over.") == "team"

    session.expire_all()
    assert [{held.name for held in one.roles} for one in people] == [{"viewer"}] * 2
    deleted, *taken = events(session)[count:]
    assert (deleted.action, deleted.reason) == ("role:deleted", "Over.")
    assert deleted.before["codes"] == sorted(TEMPLATES["auditor"].codes)
    assert taken == [
        Event("role:unassigned", "ada", name, {"role": "team"}, {}, "Over.")
        for name in ("nora", "olga")
    ]
    saves = session.scalars(select(AuditEvent.save_id).order_by(AuditEvent.id.desc()).limit(3))
    assert len(set(saves)) == 1


def test_each_of_many_who_lose_the_role_is_an_event(session, ada, person, monkeypatch):
    monkeypatch.setattr(lifecycle, "EVENTS_AT_ONCE", 3)
    role = create(session, ada, "team")
    for number in range(7):
        person(f"one-{number}", roles=["team"])

    delete(session, ada, role)

    told = [one.target for one in events(session) if one.action == "role:unassigned"]
    assert told == [f"one-{number}" for number in range(7)]


def test_deleting_a_role_in_use_is_unassigning_it(session, ada, person):
    mona = person("mona", permissions=["role:delete", "document:read"])
    idle = create(session, ada, "idle")
    team = create(session, ada, "team")
    person("nora", roles=["team"])

    with pytest.raises(BeyondOwnPermissions, match="You need the permission role:assign for this"):
        delete(session, mona, team)
    delete(session, mona, idle)

    assert {"team"} <= names(session)
    assert "idle" not in names(session)


def test_nobody_takes_a_role_from_somebody_who_holds_more(session, ada, person):
    mona = person("mona", permissions=["role:delete", "role:assign"])
    team = create(session, ada, "team")
    nora = person("nora", roles=["team", "viewer"])

    with pytest.raises(BeyondOwnPermissions, match="Somebody with the role team has"):
        delete(session, mona, team)
    nora.roles = [role for role in nora.roles if role.name == "team"]
    session.commit()

    delete(session, mona, team)
    assert "team" not in names(session)


@pytest.mark.parametrize("name", ["", "tea", "teams", "viewer"])
def test_deleting_asks_for_the_name(session, ada, name):
    role = create(session, ada, "team")

    with pytest.raises(InvalidValue, match="Type the name, team, to confirm") as refusal:
        delete(session, ada, role, name)

    assert refusal.value.field == "name"
    assert "team" in names(session)


def test_of_several_blanks_in_a_name_one_is_enough(session, ada):
    role = create(session, ada, "two  blanks")

    delete(session, ada, role, "Two blanks")

    assert "two  blanks" not in names(session)


def test_a_role_that_grants_something_else_now_is_not_deleted_unseen(session, ada):
    role = create(session, ada, "team", template="auditor")
    seen = lifecycle.deletion_etag(roles.read_matrix(session).role(role.id))
    role.permissions = []
    session.commit()

    with pytest.raises(RoleChangedMeanwhile):
        delete(session, ada, role, etag=seen)


def test_who_loses_what_by_a_deletion(session, ada, person):
    role = create(session, ada, "team", template="auditor")
    both = create(session, ada, "both", template="auditor")
    person("nora", roles=["team"])
    person("olga", roles=["team", "both"])

    found = lifecycle.review_deletion(session, role.id)

    assert found.members == 2
    assert found.impact.difference.lost == tuple(sorted(TEMPLATES["auditor"].codes))
    assert [person.username for person in found.impact.losing.first] == ["nora"]
    assert lifecycle.review_deletion(session, both.id).impact.losing.count == 0


@pytest.mark.only_on("sqlite")
def test_a_role_that_another_program_refers_to_is_not_deleted(session, ada):
    role = create(session, ada, "editor")
    seen = lifecycle.deletion_etag(roles.read_matrix(session).role(role.id))
    refuse = "BEFORE DELETE ON roles BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY'); END"
    session.execute(text(f"CREATE TEMP TRIGGER referred {refuse}"))

    with pytest.raises(lifecycle.RoleIsReferredTo):
        roles.delete(session, role.id, Deletion("editor", seen), actor=OPERATOR)


def test_a_role_that_does_not_exist_is_not_found(session, ada):
    gone = create(session, ada, "team")
    delete(session, ada, gone)
    number = 2**31 - 1

    for work in (
        lambda: roles.change(session, number, RoleEdit("x", "", ""), actor=OPERATOR),
        lambda: lifecycle.delete(session, number, Deletion("x", ""), actor=OPERATOR),
        lambda: lifecycle.review_deletion(session, number),
    ):
        with pytest.raises(NotFound):
            carry_out(work, actor=OPERATOR)


@pytest.mark.parametrize("missing", ["role:create", "role:update", "role:delete"])
def test_each_needs_its_permission(session, ada, person, missing):
    role = create(session, ada, "team")
    rest = {"role:create", "role:update", "role:delete", "role:read"} - {missing}
    mona = person("mona", permissions=rest)
    work = {
        "role:create": lambda: create(session, mona, "another"),
        "role:update": lambda: change(session, mona, role, "crew"),
        "role:delete": lambda: delete(session, mona, role),
    }

    with pytest.raises(BeyondOwnPermissions, match=f"You need the permission {missing} for this"):
        work[missing]()
