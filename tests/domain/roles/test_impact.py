"""The statements that find those who gain and lose by a change of roles."""

import re

import pytest
from sqlalchemy import event

from app.domain import roles
from app.domain.roles import GrantEdit, GrantsEdit, grants_etag, number_set
from app.models import Permission
from tests.support.people import OPERATOR


@pytest.fixture
def statements(session):
    """The statements about users' roles, each with the number of its parameters."""
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "user_roles" in statement:
            seen.append((re.sub(r"\d+", "N", statement), len(parameters)))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_the_statements_do_not_grow_with_permissions(session, role, statements):
    editor = role("editor")
    codes = [f"archive_{number}:read" for number in range(400)]
    session.add_all(Permission(code=code, resource="archive", action="read") for code in codes)
    session.commit()
    by_code = {code: number for number, code in roles.read_matrix(session).codes.items()}
    made = []

    for count in (3, 400):
        wanted = frozenset(by_code[code] for code in codes[:count])
        edit = GrantsEdit({editor.id: GrantEdit(wanted, grants_etag(()))})
        statements.clear()
        review = roles.review_grants(session, edit, actor=OPERATOR)
        assert len(review.roles[0].difference.gained) == count
        made.append(list(statements))

    assert made[0] == made[1]
    assert max(parameters for _, parameters in made[1]) < 20


def test_deleting_a_role_looks_at_members_and_grants_in_three_statements(session, role, statements):
    codes = [f"archive_{number}:read" for number in range(400)]
    session.add_all(Permission(code=code, resource="archive", action="read") for code in codes)
    editor = role("editor", *codes)
    session.commit()
    statements.clear()

    roles.review_deletion(session, editor.id)

    assert len(statements) == 3
    assert max(parameters for _, parameters in statements) < 20


@pytest.mark.parametrize("numbers", [(), (7,), (3, 2**31 * 300 + 5, 1)], ids=str)
def test_a_set_of_numbers_is_one_parameter(session, numbers):
    rows = number_set.rows_of("numbers")
    values = {"numbers": number_set.written(numbers)}

    assert session.scalars(rows.select(), values).all() == sorted(numbers)
