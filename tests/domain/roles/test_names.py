"""Names of roles that can be mistaken for each other, or are stored in another spelling."""

import pytest
from sqlalchemy import insert

from app.domain import roles
from app.domain.confirmation import Deletion
from app.domain.errors import InvalidValue, NotFound
from app.domain.roles import NewRole, RoleEdit
from app.models import Role
from app.unit_of_work import carry_out
from tests.support.people import OPERATOR


def create(session, name):
    new = NewRole(name)
    return carry_out(lambda: roles.create(session, new, actor=OPERATOR), actor=OPERATOR)


@pytest.mark.parametrize(
    "typed",
    [
        *("\u0430dmin", "adm\u0456n", "ADM\u0130N", "adm\u0131n", "admin.", "\uff41dmin", "adrnin"),
        *("view\u0435r", "Viewer!", "\u0441\u043e\u0441\u043e", "SUPPORT", "support_"),
    ],
)
def test_a_role_gets_no_name_that_looks_like_another(session, typed):
    session.execute(insert(Role), [{"name": "coco"}, {"name": "Support"}])
    session.commit()

    with pytest.raises(InvalidValue) as refused:
        create(session, typed)
    assert refused.value.field == "name"


def test_a_role_gets_no_name_of_several_scripts(session):
    with pytest.raises(InvalidValue, match="mixes Cyrillic and Latin letters") as refused:
        create(session, "\u0440\u0435dakteur")
    assert refused.value.field == "name"


@pytest.mark.parametrize("typed", ["поддержка", "編集者", "admins", "help desk", "user 2"])
def test_other_names_are_free(session, typed):
    assert create(session, typed).name == typed


def test_a_role_is_renamed_to_a_name_like_its_own_but_to_no_other(session):
    role = create(session, "support.")

    def rename(name):
        edit = RoleEdit(name, "", roles.etag_of(role))
        carry_out(lambda: roles.change(session, role.id, edit, actor=OPERATOR), actor=OPERATOR)

    with pytest.raises(InvalidValue, match="The name looks like that of the role viewer"):
        rename("viewer-")
    rename("support")
    assert role.name == "support"


def test_roles_that_other_programs_stored_are_found_and_told(session):
    session.execute(insert(Role), [{"name": "Support"}, {"name": "\u0430dmin"}])
    session.commit()

    assert roles.named(session, "support").name == roles.named(session, "Support").name == "Support"
    assert roles.named(session, "admin").name == "admin"
    assert roles.lookalikes(session) == [["admin", "\u0430dmin"]]


def test_a_role_that_another_program_stored_keeps_its_name_and_can_be_deleted(session):
    session.execute(insert(Role), [{"name": "Support"}])
    session.commit()
    role = roles.named(session, "support")

    edit = RoleEdit("Support", "Helps.", roles.etag_of(role))
    carry_out(lambda: roles.change(session, role.id, edit, actor=OPERATOR), actor=OPERATOR)
    assert (role.name, role.description) == ("Support", "Helps.")

    etag = roles.deletion_etag(roles.read_matrix(session).role(role.id))
    deletion = Deletion("support", etag)
    carry_out(lambda: roles.delete(session, role.id, deletion, actor=OPERATOR), actor=OPERATOR)
    with pytest.raises(NotFound):
        roles.named(session, "Support")
