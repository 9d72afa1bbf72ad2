"""The statements that find those who gain and lose by a change of roles."""

import re

import pytest
from sqlalchemy import event

from app.domain import roles
from app.domain.roles import GrantEdit, GrantsEdit, grants_etag, impact, number_set, role_sets
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


def test_many_roles_are_judged_as_each_of_them_alone(
    session, role, person, ada, monkeypatch, statements
):
    codes = ["document:create", "document:read", "document:update", "document:delete"]
    editors = [role(f"editor {n}", *codes[: n % 3]) for n in range(8)]
    for number in range(24):
        names = {f"editor {(number * step + number // 8) % 8}" for step in (1, 3, 5)}
        person(f"crowd{number:02}", roles=[*names, *(["admin"] if number % 9 == 0 else [])])
    matrix = roles.read_matrix(session)
    by_code = {code: number for number, code in matrix.codes.items()}
    edits = {
        one.id: GrantEdit(
            frozenset(by_code[code] for code in codes[number % 4 :]),
            grants_etag(matrix.by_id[one.id].permission_ids),
        )
        for number, one in enumerate(editors)
    }
    reviews, made = [], []

    for few in (3, 100):
        monkeypatch.setattr(impact, "FEW", few)
        statements.clear()
        reviews.append(affected(session, edits))
        made.append(len(statements))

    assert reviews[0] == reviews[1]
    assert sum(gaining > 0 for gaining, *_ in reviews[0]) > 2
    assert sum(losing > 0 for *_, losing, _, _ in reviews[0]) > 2
    assert made[0] <= 3
    monkeypatch.setattr(impact, "FEW", 3)
    monkeypatch.setattr(role_sets, "COUNTED", 2)
    monkeypatch.setattr(impact, "NAMED", 1)
    many = [(count, check, len(ids)) for count, check, ids, *_ in affected(session, edits)]
    assert {one for one in many if one[0] > 2} == {(3, 0, 1)}


def affected(session, edits):
    """The users who gain and who lose by each role: their number, their sum and the first IDs."""
    review = roles.review_grants(session, GrantsEdit(edits), actor=OPERATOR)
    return [
        tuple(
            part
            for people in (one.gaining, one.losing)
            for part in (people.count, people.check, [person.id for person in people.first])
        )
        for one in review.roles
    ]
