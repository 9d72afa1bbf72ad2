"""The form of granted permissions, for one role and for the matrix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, SelectMultipleField, TextAreaField

from app.domain.roles import GrantEdit, GrantsEdit, Matrix, MatrixRole, grants_etag
from app.web.forms import REASON
from app.web.review import ReviewedForm
from app.web.row_ids import joined


def id_field(coerce: Any) -> SelectMultipleField:
    """Return a field of many values; the domain checks whether the rows exist."""
    return SelectMultipleField(coerce=coerce, validate_choice=False)


@dataclass(frozen=True)
class GrantSelection:
    """The permissions selected for a role, those that were shown as granted, and their etag."""

    selected: frozenset[int]
    granted: frozenset[int]
    etag: str

    @property
    def is_edited(self) -> bool:
        """Tell whether the selection differs from the shown grants."""
        return self.selected != self.granted

    @property
    def granted_ids(self) -> str:
        """The shown grants as the value of a field."""
        return joined(self.granted)

    def mark(self, permission_id: int) -> str:
        """Return the change of one permission: "added", "removed" or nothing."""
        is_selected, was_granted = permission_id in self.selected, permission_id in self.granted
        return "" if is_selected == was_granted else "added" if is_selected else "removed"


class GrantsForm(ReviewedForm):
    """The permissions that roles are to grant.

    ``confirmed`` saves; ``again`` goes back from the review to the boxes, which stay selected.
    """

    reason = TextAreaField("Reason", description=REASON)
    confirmed = BooleanField()
    again = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rebased: dict[int, GrantSelection] = {}

    @property
    def sent(self) -> Mapping[int, GrantSelection]:
        """The selections that were sent, by the ids of the roles."""
        return {}

    @property
    def offered(self) -> frozenset[int] | None:
        """The permissions that could be selected; None for all."""
        return None

    @property
    def edited(self) -> dict[int, GrantSelection]:
        """The selections that differ from the shown grants."""
        sent = self.sent.items()
        edited = {role_id: selection for role_id, selection in sent if selection.is_edited}
        return edited | self._rebased

    @property
    def edit(self) -> GrantsEdit:
        """The selections and the reason, as the domain takes them."""
        edits = {
            role_id: GrantEdit(selection.selected, selection.etag, self.offered)
            for role_id, selection in self.edited.items()
        }
        return GrantsEdit(edits, self.reason.data or "", self.reviewed.data or "")

    def rebase(self, roles: Iterable[MatrixRole]) -> None:
        """Compare the selections of these roles with their grants as stored now."""
        edited = self.edited
        self._rebased |= {
            role.id: GrantSelection(edited[role.id].selected, *self._stored(role))
            for role in roles
            if role.id in edited
        }

    def selection_of(self, role: MatrixRole) -> GrantSelection:
        """Return the selection for a role; its grants if it was not edited."""
        return self.edited.get(role.id) or self._unedited(role)

    def selections(self, matrix: Matrix) -> dict[int, GrantSelection]:
        """Return the selections of all roles; see `selection_of`."""
        stored = {role.id: self._unedited(role) for role in matrix.roles}
        edited = self.edited.items()
        return stored | {id_: selection for id_, selection in edited if id_ in stored}

    def rows(self, matrix: Matrix) -> Matrix:
        """Return the matrix with the permissions that can be selected."""
        return matrix if self.offered is None else matrix.only(self.offered)

    def _unedited(self, role: MatrixRole) -> GrantSelection:
        granted, etag = self._stored(role)
        return GrantSelection(granted, granted, etag)

    def _stored(self, role: MatrixRole) -> tuple[frozenset[int], str]:
        ids = role.permission_ids
        granted = ids if self.offered is None else ids & self.offered
        return granted, grants_etag(granted)
