"""Roles as requests name them: locked for a change, and answered with their etag."""

from operator import attrgetter
from typing import Any, NamedTuple

from app.api import preconditions
from app.api.changes import Resource
from app.api.endpoint import Answer
from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix, MatrixRole
from app.models import DbSession


class ShownRole(NamedTuple):
    """A role with its permissions."""

    matrix: Matrix
    role: MatrixRole

    @property
    def id(self) -> int:
        """The ID of the role."""
        return self.role.id

    @property
    def codes(self) -> frozenset[str]:
        """The permissions that the role grants in effect."""
        every = frozenset(self.matrix.codes.values())
        return every if self.role.grants_all else self.role.codes

    @property
    def content(self) -> dict[str, Any]:
        """The role as answers show it."""
        content = {
            "name": self.role.name,
            "description": self.role.description,
            "is_system": roles.is_system_role(self.role),
            "grants_all": self.role.grants_all,
            "permissions": sorted(self.codes),
        }
        return preconditions.tagged(content)

    @property
    def answer(self) -> Answer:
        """The answer that shows the role."""
        content = self.content
        return Answer(content, content["etag"])


def get(session: DbSession, role_id: int) -> ShownRole:
    """Return the role with an ID.

    Raises:
        NotFound: The role does not exist.
    """
    matrix = roles.read_matrix(session)
    return ShownRole(matrix, matrix.role(role_id))


def _lock(session: DbSession, name: str) -> ShownRole:
    return get(session, roles.lock_named(session, name).id)


ROLE = Resource("name", PermissionCode.ROLE_READ, _lock, get, attrgetter("answer"))
