"""Forms of roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.domain import grants
from app.domain.deletion import Deletion
from app.domain.grants import Edits, GrantEdit
from app.domain.role_catalog import NewRole, RoleEdit
from app.domain.role_templates import TEMPLATES
from app.domain.roles import Matrix, MatrixRole
from app.web.converters import NUMBER, joined, parted, row_id
from app.web.forms import PLAIN, REASON, Form

NAME = "Stored in lower case. Without commas, at most 100 characters."
FROM_NOTHING = ""
CLONE = "role:"


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
    def touched(self) -> dict[int, Ticks]:
        """The roles of which something else is ticked than was shown."""
        found = {number: ticks for number, ticks in self.sent.items() if ticks.is_touched}
        return found | self._started_again

    @property
    def edits(self) -> Edits:
        """What was ticked, as the domain takes it."""
        return {
            number: GrantEdit(ticks.wanted, ticks.etag) for number, ticks in self.touched.items()
        }

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What goes on to the next page unseen, as names and values of fields."""
        raise NotImplementedError

    def start_again(self, roles: Iterable[MatrixRole]) -> None:
        """Let what was ticked for these roles be compared with what they grant now."""
        touched = self.touched
        self._started_again |= {
            role.id: Ticks(touched[role.id].wanted, *_stored(role))
            for role in roles
            if role.id in touched
        }

    def ticks_of(self, role: MatrixRole) -> Ticks:
        """Return what was ticked for the role; what it grants if nothing was."""
        return self.touched.get(role.id) or Ticks(role.permission_ids, *_stored(role))

    def shown(self, matrix: Matrix) -> dict[int, Ticks]:
        """Return the ticks of all roles; see `ticks_of`."""
        stored = {role.id: Ticks(role.permission_ids, *_stored(role)) for role in matrix.roles}
        return stored | {number: one for number, one in self.touched.items() if number in stored}


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


class MatrixForm(GrantsForm):
    """What several roles shall grant.

    ``grants`` has "<role id>:<permission id>" for each tick, ``etag`` and ``base`` have
    "<role id>:..." for each role that was shown.
    """

    grants = _several(_cell)
    etag = _several(_etag)
    base = _several(_base)

    @property
    def sent(self) -> Mapping[int, Ticks]:
        """What was sent; a role without a base was shown as granting nothing."""
        wanted: dict[int, set[int]] = {}
        for role_id, permission_id in self.grants.data or ():
            wanted.setdefault(role_id, set()).add(permission_id)
        etags, seen = dict(self.etag.data or ()), dict(self.base.data or ())
        return {
            role_id: Ticks(
                frozenset(wanted.get(role_id, ())),
                seen.get(role_id, frozenset()),
                etags.get(role_id, ""),
            )
            for role_id in sorted(wanted.keys() | seen.keys())
        }

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The ticks of the roles that would be changed, and what they were ticked against."""
        pairs = []
        for role_id, ticks in self.touched.items():
            pairs += [("etag", f"{role_id}:{ticks.etag}"), ("base", f"{role_id}:{ticks.seen_ids}")]
            pairs += [("grants", f"{role_id}:{number}") for number in sorted(ticks.wanted)]
        return pairs


class NewRoleForm(Form):
    """A role that there is not yet."""

    name = StringField("Name", description=NAME, render_kw=PLAIN)
    description = TextAreaField("Description")
    template = SelectField(
        "Permissions to start with",
        description="They can be changed afterwards. You can only grant what you hold.",
        validate_choice=False,
    )
    reason = StringField("Reason", description=REASON)

    @property
    def new(self) -> NewRole:
        """What was typed, as the domain takes it."""
        chosen = self.template.data or FROM_NOTHING
        number = chosen.removeprefix(CLONE)
        is_clone = chosen.startswith(CLONE) and NUMBER.fullmatch(number)
        return NewRole(
            name=self.name.data or "",
            description=self.description.data or "",
            template=None if is_clone else chosen or None,
            clone_of=int(number) if is_clone else None,
            reason=self.reason.data or "",
        )

    def offer(self, roles: Iterable[MatrixRole]) -> None:
        """Offer nothing, the templates, and these roles to clone."""
        choices = {
            "Nothing": [(FROM_NOTHING, "No permission")],
            "Templates": [(key, template.title) for key, template in TEMPLATES.items()],
            "Clone of a role": [(f"{CLONE}{role.id}", role.name) for role in roles],
        }
        self.template.choices = {name: some for name, some in choices.items() if some}


class RoleForm(Form):
    """The name and description of a role; the bases keep what was shown, for a conflict."""

    name = StringField("Name", description=NAME, render_kw=PLAIN)
    description = TextAreaField("Description")
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    base_name = HiddenField()
    base_description = HiddenField()

    @property
    def edit(self) -> RoleEdit:
        """What was typed, as the domain takes it."""
        return RoleEdit(
            name=self.name.data or "",
            description=self.description.data or "",
            etag=self.etag.data or "",
            reason=self.reason.data or "",
        )

    def start_from(self, name: str, description: str, etag: str) -> None:
        """Make this what the next save starts from; what was typed stays."""
        self.etag.data = etag
        self.base_name.data, self.base_description.data = name, description
        if not self.is_sent:
            self.name.data, self.description.data = name, description


class DeleteForm(Form):
    """The name of a role, typed to confirm that it is to be deleted."""

    name = StringField("Name", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()

    @property
    def deletion(self) -> Deletion:
        """What was typed, as the domain takes it."""
        return Deletion(self.name.data or "", self.etag.data or "", self.reason.data or "")


def _stored(role: MatrixRole) -> tuple[frozenset[int], str]:
    return role.permission_ids, grants.etag_of(role.permission_ids)
