"""The form of the matrix: the permissions that several roles are to grant."""

from collections.abc import Iterable, Mapping

from wtforms import HiddenField

from app.domain import excerpts
from app.domain.roles import Matrix, MatrixFilter
from app.web.forms import Form
from app.web.roles.grants_form import GrantSelection, GrantsForm, id_field
from app.web.roles.listing import MatrixListing
from app.web.row_ids import joined, row_id


class MatrixFilterForm(Form):
    """The filter of the matrix, which is sent along."""

    q = HiddenField()
    resource = HiddenField()
    differ = HiddenField()
    role = HiddenField()
    roles = HiddenField()

    @property
    def active(self) -> dict[str, str]:
        """The filters that are not empty, by the names of the fields."""
        fields = (self.q, self.resource, self.differ, self.role, self.roles)
        return {field.name: field.data for field in fields if field.data}

    @property
    def filters(self) -> MatrixFilter:
        """The filter of the matrix."""
        return MatrixFilter(**self.active)


def _ids(text: str) -> frozenset[int]:
    return frozenset(row_id(part) for part in text.split(",") if part)


def _cell(text: object) -> tuple[int, int]:
    role, _, permission = str(text).partition(":")
    return row_id(role), row_id(permission)


def _etag(text: object) -> tuple[int, str]:
    role, _, etag = str(text).partition(":")
    return row_id(role), etag


def _base(text: object) -> tuple[int, frozenset[int]]:
    role, _, ids = str(text).partition(":")
    return row_id(role), _ids(ids)


def _among(offered: frozenset[int] | None, ids: Iterable[int]) -> frozenset[int]:
    return frozenset(ids) if offered is None else offered.intersection(ids)


class MatrixForm(MatrixFilterForm, GrantsForm):
    """The permissions that several roles are to grant.

    ``grants`` has "<role id>:<permission id>" for each selected box, ``etag`` and ``base`` have
    "<role id>:..." for each role that was shown. ``shown`` lists the ids of the permissions in the
    rows that were shown, which the filter had left.
    """

    grants = id_field(_cell)
    etag = id_field(_etag)
    base = id_field(_base)
    shown = id_field(_ids)
    after = HiddenField()
    role_after = HiddenField()

    @property
    def cursors(self) -> dict[str, str]:
        """The cursors of the page, by the names of the fields."""
        return {field.name: excerpts.cursor(field.data) for field in (self.after, self.role_after)}

    @property
    def offered(self) -> frozenset[int] | None:
        """The permissions in the rows that were shown."""
        return frozenset().union(*self.shown.data) if self.shown.data else None

    def page(self, matrix: Matrix) -> MatrixListing:
        """Return the part of the matrix to show: what was sent, or what the URL asks for.

        After the review the selected rows are shown, even if they no longer match.
        """
        page = MatrixListing(
            self.filters, matrix, **self.cursors, offered=self.offered, edited=self.edited
        )
        self.shown.data = [frozenset(page.shown.codes)]
        return page

    @property
    def sent(self) -> Mapping[int, GrantSelection]:
        """The selections that were sent; a role without a base was shown as granting nothing."""
        selected: dict[int, set[int]] = {}
        for role_id, permission_id in self.grants.data or ():
            selected.setdefault(role_id, set()).add(permission_id)
        etags, granted = dict(self.etag.data or ()), dict(self.base.data or ())
        offered = self.offered
        return {
            role_id: GrantSelection(
                _among(offered, selected.get(role_id, ())),
                granted.get(role_id, frozenset()),
                etags.get(role_id, ""),
            )
            for role_id in sorted(selected.keys() | granted.keys())
        }

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The edited selections and the grants that they were compared with."""
        return self.place + self._hidden(self.edited)

    def hidden_beside(self, shown: Matrix) -> list[tuple[str, str]]:
        """Return the hidden fields of the edited roles that have no column."""
        return self._hidden(self.edited.keys() - shown.by_id.keys())

    def _hidden(self, role_ids: Iterable[int]) -> list[tuple[str, str]]:
        pairs, edited = [], self.edited
        for role_id in sorted(role_ids):
            selection = edited[role_id]
            pairs += [("etag", f"{role_id}:{selection.etag}")]
            pairs += [("base", f"{role_id}:{selection.granted_ids}")]
            pairs += [("grants", f"{role_id}:{id_}") for id_ in sorted(selection.selected)]
        return pairs

    @property
    def place(self) -> list[tuple[str, str]]:
        """The shown rows, the filter and the cursors, as names and values of fields."""
        shown = [] if self.offered is None else [("shown", joined(self.offered))]
        cursors = [(name, cursor) for name, cursor in self.cursors.items() if cursor]
        return [*shown, *self.active.items(), *cursors]
