"""Forms of what roles grant: for one role, and in the matrix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField

from app.domain import roles
from app.domain.roles import Edits, GrantEdit, Matrix, MatrixFilter, MatrixRole, grants_etag
from app.web.forms import REASON, Form
from app.web.row_ids import joined, parted, row_id


def _ids(text: str) -> frozenset[int]:
    return frozenset(row_id(number) for number in text.split(",") if number)


def _cell(text: object) -> tuple[int, int]:
    role, _, permission = str(text).partition(":")
    return row_id(role), row_id(permission)


def _etag(text: object) -> tuple[int, str]:
    role, _, etag = str(text).partition(":")
    return row_id(role), etag


def _base(text: object) -> tuple[int, frozenset[int]]:
    role, _, ids = str(text).partition(":")
    return row_id(role), _ids(ids)


def _several(coerce: Any) -> SelectMultipleField:
    # Which roles and permissions there are is the domain's to say.
    return SelectMultipleField(coerce=coerce, validate_choice=False)


@dataclass(frozen=True)
class Ticks:
    """The permissions ticked for one role, those shown as granted at first, and their etag."""

    wanted: frozenset[int]
    seen: frozenset[int]
    etag: str

    @property
    def is_touched(self) -> bool:
        """Tell whether something else is ticked than was shown."""
        return self.wanted != self.seen

    @property
    def seen_ids(self) -> str:
        """What was shown, as a field."""
        return joined(self.seen)

    def mark(self, permission_id: int) -> str:
        """Return how the tick differs from what was shown: "add", "del" or nothing."""
        is_wanted, was_seen = permission_id in self.wanted, permission_id in self.seen
        return "" if is_wanted == was_seen else "add" if is_wanted else "del"


class GrantsForm(Form):
    """What roles shall grant.

    ``confirmed`` saves; ``again`` goes back from the review to the boxes, which stay as they were
    ticked.
    """

    reason = TextAreaField("Reason", description=REASON)
    confirmed = BooleanField()
    again = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._started_again: dict[int, Ticks] = {}

    @property
    def sent(self) -> Mapping[int, Ticks]:
        """What was sent, by the ids of the roles."""
        raise NotImplementedError

    @property
    def offered(self) -> frozenset[int] | None:
        """The permissions that could be ticked; None for all."""
        return None

    @property
    def touched(self) -> dict[int, Ticks]:
        """The roles of which something else is ticked than was shown."""
        found = {number: ticks for number, ticks in self.sent.items() if ticks.is_touched}
        return found | self._started_again

    @property
    def edits(self) -> Edits:
        """What was ticked, as the domain takes it."""
        return {
            number: GrantEdit(ticks.wanted, ticks.etag, self.offered)
            for number, ticks in self.touched.items()
        }

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What goes on to the next page unseen, as names and values of fields."""
        raise NotImplementedError

    def start_again(self, roles: Iterable[MatrixRole]) -> None:
        """Let what was ticked for these roles be compared with what they grant now."""
        touched = self.touched
        self._started_again |= {
            role.id: Ticks(touched[role.id].wanted, *self._stored(role))
            for role in roles
            if role.id in touched
        }

    def ticks_of(self, role: MatrixRole) -> Ticks:
        """Return what was ticked for the role; what it grants if nothing was."""
        return self.touched.get(role.id) or self._unticked(role)

    def ticks(self, matrix: Matrix) -> dict[int, Ticks]:
        """Return the ticks of all roles; see `ticks_of`."""
        stored = {role.id: self._unticked(role) for role in matrix.roles}
        return stored | {number: one for number, one in self.touched.items() if number in stored}

    def rows(self, matrix: Matrix) -> Matrix:
        """Return the matrix with the permissions that can be ticked."""
        return matrix if self.offered is None else matrix.only(self.offered)

    def _unticked(self, role: MatrixRole) -> Ticks:
        seen, etag = self._stored(role)
        return Ticks(seen, seen, etag)

    def _stored(self, role: MatrixRole) -> tuple[frozenset[int], str]:
        ids = role.permission_ids
        seen = ids if self.offered is None else ids & self.offered
        return seen, grants_etag(seen)


class PermissionsForm(GrantsForm):
    """What one role shall grant; ``base`` lists the ids of the permissions shown as granted.

    Attributes:
        role_id: The role, which is in the address.
    """

    permissions = _several(row_id)
    etag = HiddenField()
    base = HiddenField()

    def __init__(self, role_id: int) -> None:
        super().__init__()
        self.role_id = role_id

    @property
    def sent(self) -> Mapping[int, Ticks]:
        """What was sent."""
        if not self.is_sent:
            return {}
        wanted = frozenset(self.permissions.data or ())
        return {self.role_id: Ticks(wanted, parted(self.base.data), self.etag.data or "")}

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The ticks, and what they were ticked against."""
        pairs = []
        for ticks in self.touched.values():
            pairs += [("etag", ticks.etag), ("base", ticks.seen_ids)]
            pairs += [("permissions", str(number)) for number in sorted(ticks.wanted)]
        return pairs


class FilterForm(Form):
    """The filter of the matrix, which is sent along."""

    q = HiddenField()
    resource = HiddenField()
    differ = HiddenField()

    @property
    def filters(self) -> dict[str, str]:
        """What the filter asks for, by the names of the fields; none is empty."""
        fields = (self.q, self.resource, self.differ)
        return {field.name: field.data for field in fields if field.data}

    @property
    def wanted(self) -> MatrixFilter:
        """The filter of the matrix."""
        return MatrixFilter(**self.filters)


class MatrixForm(FilterForm, GrantsForm):
    """What several roles shall grant.

    ``grants`` has "<role id>:<permission id>" for each tick, ``etag`` and ``base`` have
    "<role id>:..." for each role that was shown. ``shown`` lists the ids of the permissions in the
    rows that were shown; the filter is the one that left them.
    """

    grants = _several(_cell)
    etag = _several(_etag)
    base = _several(_base)
    shown = _several(_ids)

    @property
    def offered(self) -> frozenset[int] | None:
        """The permissions in the rows that were shown."""
        return frozenset().union(*self.shown.data) if self.shown.data else None

    def rows(self, matrix: Matrix) -> Matrix:
        """Return the matrix with the rows to show: those that were sent, or that fit the filter.

        Whoever comes back from the review finds what was ticked, even if it does not fit any more.
        """
        fitting = super().rows if self.is_sent else self._fitting
        rows = fitting(matrix)
        self.shown.data = [frozenset(rows.codes)]
        return rows

    @property
    def sent(self) -> Mapping[int, Ticks]:
        """What was sent; a role without a base was shown as granting nothing."""
        wanted: dict[int, set[int]] = {}
        for role_id, permission_id in self.grants.data or ():
            wanted.setdefault(role_id, set()).add(permission_id)
        etags, seen = dict(self.etag.data or ()), dict(self.base.data or ())
        return {
            role_id: Ticks(
                self._among_offered(wanted.get(role_id, ())),
                seen.get(role_id, frozenset()),
                etags.get(role_id, ""),
            )
            for role_id in sorted(wanted.keys() | seen.keys())
        }

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The ticks of the roles that would be changed, and what they were ticked against."""
        pairs = self.place
        for role_id, ticks in self.touched.items():
            pairs += [("etag", f"{role_id}:{ticks.etag}"), ("base", f"{role_id}:{ticks.seen_ids}")]
            pairs += [("grants", f"{role_id}:{number}") for number in sorted(ticks.wanted)]
        return pairs

    @property
    def place(self) -> list[tuple[str, str]]:
        """Which rows are shown, and by which filter, as names and values of fields."""
        shown = [] if self.offered is None else [("shown", joined(self.offered))]
        return [*shown, *self.filters.items()]

    def _fitting(self, matrix: Matrix) -> Matrix:
        return roles.matching(matrix, self.wanted)

    def _among_offered(self, ids: Iterable[int]) -> frozenset[int]:
        return frozenset(ids) if self.offered is None else self.offered.intersection(ids)
