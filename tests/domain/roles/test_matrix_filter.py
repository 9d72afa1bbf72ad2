"""Which rows of the matrix a filter lets pass."""

import pytest
from sqlalchemy import select

from app.domain import roles
from app.domain.errors import InvalidValue
from app.domain.roles import DIFFER, MatrixFilter
from app.models import Permission, Role


@pytest.fixture
def found(session):
    """Filters the matrix: ``found(q="read")`` returns codes."""

    def found(**wanted):
        shown = roles.matching(roles.read_matrix(session), MatrixFilter(**wanted))
        return list(shown.codes.values())

    return found


def test_without_a_filter_every_permission_is_shown(session, found):
    assert found() == list(session.scalars(select(Permission.code).order_by(Permission.code)))


@pytest.mark.parametrize("text", ["AUDIT", "it:r", "who Changed"])
def test_text_is_found_anywhere_in_code_and_description(found, text):
    assert found(q=text) == ["audit:read"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "é"])
def test_no_character_means_anything_else(session, found, text):
    assert found(q=text) == []
    session.add(Permission(code=f"x:{ord(text)}", resource="x", action="x", description=text))
    session.commit()
    assert found(q=text) == [f"x:{ord(text)}"]


def test_a_permission_without_a_description_is_found_by_its_code(session, found):
    session.add(Permission(code="report:print", resource="report", action="print"))
    session.commit()

    assert found(q="print") == ["report:print"]
    assert found(q="none") == []


def test_a_resource_is_taken_as_it_is(found):
    assert found(resource="audit") == ["audit:read"]
    assert found(resource="aud") == found(resource="Audit") == found(resource="gone") == []


def test_roles_differ_where_some_of_those_that_can_be_changed_grant_it(session, found):
    assert found(differ=DIFFER) == ["document:create", "document:update"]

    session.add(Role(name="nobody's"))
    session.commit()
    assert found(differ=DIFFER) == ["document:create", "document:read", "document:update"]


def test_filters_hold_together(found):
    assert found(q="create", resource="document", differ=DIFFER) == ["document:create"]
    assert found(q="create", resource="user", differ=DIFFER) == []


@pytest.mark.parametrize("differ", ["0", "on", "true", "1 "])
def test_a_filter_that_there_is_not_is_refused(found, differ):
    with pytest.raises(InvalidValue, match="This filter does not exist"):
        found(differ=differ)


def test_what_is_shown_are_the_same_roles(session):
    matrix = roles.read_matrix(session)
    shown = roles.matching(matrix, MatrixFilter(resource="audit"))

    assert shown.roles == matrix.roles
    assert len(matrix.permissions) > len(shown.permissions)
