"""Forms of roles themselves: new ones, their names and descriptions, and deleting them."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, StringField, TextAreaField

from app.domain.confirmation import Deletion
from app.domain.roles import TEMPLATES, MatrixRole, NewRole, RoleEdit
from app.web.forms import PLAIN, REASON, Form
from app.web.row_ids import NUMBER

NAME = "Stored in lower case. Without commas, at most 100 characters."
FROM_NOTHING = ""
CLONE = "role:"


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
