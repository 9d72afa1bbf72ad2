"""Forms of users."""

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)

from app.domain.users import (
    AssignmentEdit,
    BulkAction,
    BulkEdit,
    NewUser,
    Profile,
    ProfileEdit,
    Selection,
    UserFilter,
)
from app.web.forms import PLAIN, REASON, Form
from app.web.row_ids import NUMBER, joined, parted, row_id

EVERY = "all"


def _ids(label: str) -> SelectMultipleField:
    # Which rows there are is the domain's to say.
    return SelectMultipleField(label, coerce=row_id, validate_choice=False)


class NewUserForm(Form):
    """A user to create; they choose the password themselves."""

    username = StringField("User name")
    email = EmailField("Email")
    full_name = StringField("Full name")
    bio = TextAreaField("About")
    roles = _ids("Roles")

    @property
    def new(self) -> NewUser:
        """What was typed, as the domain takes it."""
        return NewUser(
            username=self.username.data or "",
            email=self.email.data or "",
            full_name=self.full_name.data,
            bio=self.bio.data,
            role_ids=frozenset(self.roles.data or ()),
        )


class RolesForm(Form):
    """The roles that a user shall hold.

    ``base`` lists the ids of those that were shown as held. ``confirmed`` saves; ``again`` goes
    back from the review to the boxes, which stay as they were ticked.
    """

    roles = _ids("Roles")
    reason = TextAreaField("Reason", description=REASON)
    etag = HiddenField()
    base = HiddenField()
    confirmed = BooleanField()
    again = BooleanField()

    @property
    def edit(self) -> AssignmentEdit:
        """What was ticked, as the domain takes it."""
        return AssignmentEdit(
            frozenset(self.roles.data or ()), self.etag.data or "", self.reason.data or ""
        )

    @property
    def seen(self) -> frozenset[int]:
        """The ids of the roles that were shown as held when the editing began."""
        return parted(self.base.data)

    def start_from(self, role_ids: frozenset[int], etag: str) -> None:
        """Make this what the next save starts from; what was ticked stays."""
        self.etag.data = etag
        self.base.data = joined(role_ids)
        if not self.is_sent:
            self.roles.data = sorted(role_ids)


class ProfileForm(Form):
    """What a user is called and where they are reached; ``base_...`` is what was shown."""

    username = StringField("User name", render_kw=PLAIN)
    email = EmailField("Email", render_kw={"autocomplete": "off"})
    full_name = StringField("Full name", render_kw={"autocomplete": "off"})
    bio = TextAreaField("About")
    is_verified = BooleanField("Email address verified")
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    base_username = HiddenField()
    base_email = HiddenField()
    base_full_name = HiddenField()
    base_bio = HiddenField()
    base_is_verified = HiddenField()

    @property
    def typed(self) -> Profile:
        """The profile as typed."""
        return Profile(
            username=self.username.data or "",
            email=self.email.data or "",
            full_name=self.full_name.data or "",
            bio=self.bio.data or "",
            is_verified=self.is_verified.data,
        )

    @property
    def seen(self) -> Profile:
        """The profile that was shown when the editing began."""
        return Profile(
            username=self.base_username.data or "",
            email=self.base_email.data or "",
            full_name=self.base_full_name.data or "",
            bio=self.base_bio.data or "",
            is_verified=bool(self.base_is_verified.data),
        )

    @property
    def edit(self) -> ProfileEdit:
        """What was typed, as the domain takes it."""
        return ProfileEdit(self.typed, self.etag.data or "", self.reason.data or "")

    def start_from(self, profile: Profile, etag: str) -> None:
        """Make this what the next save starts from; what was typed stays."""
        self.etag.data = etag
        for name, value in vars(profile).items():
            self._fields[f"base_{name}"].data = value or ""
            if not self.is_sent:
                self._fields[name].data = value


class ReasonForm(Form):
    """Why something is done that needs no more than a button."""

    reason = StringField("Reason", description=REASON)


class DeleteForm(Form):
    """The name of a user, typed to confirm that the account is to be deleted."""

    username = StringField("User name", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)


class EndSessionForm(Form):
    """Which session of a user to end: one by its id, or all."""

    session = StringField("Session")

    @property
    def session_id(self) -> int | None:
        """The id of the session to end; None for all of them."""
        return None if self.session.data == EVERY else int(self.session.data or 0)

    def validate_session(self, field: StringField) -> None:
        """Refuse what no button of the page sends."""
        if field.data == EVERY:
            return
        try:
            row_id(field.data)
        except ValueError as error:
            raise ValidationError("Choose the session to end.") from error


class BulkForm(Form):
    """What to do to which users.

    They are ``users``, the ids that were ticked, or with the scope "all" everyone whom the filter
    lets pass that ``match_...`` keeps. ``etag`` and ``count`` are of those who were reviewed,
    ``next`` is the list that it began in.
    """

    action = HiddenField()
    scope = HiddenField()
    users = _ids("Users")
    with_role = HiddenField()
    match_q = HiddenField()
    match_role = HiddenField()
    match_status = HiddenField()
    etag = HiddenField()
    count = HiddenField()
    next = HiddenField()
    reason = TextAreaField("Reason", description=REASON)
    confirmed = BooleanField()

    def validate_action(self, field: HiddenField) -> None:
        """Refuse what no button of the list sends."""
        if field.data not in set(BulkAction):
            raise ValidationError("Choose what to do with the users.")

    @property
    def is_all(self) -> bool:
        """Tell whether everyone is meant whom the filter lets pass."""
        return bool(self.scope.data == EVERY)

    @property
    def edit(self) -> BulkEdit:
        """What was chosen, as the domain takes it."""
        wanted = UserFilter(
            (self.match_q.data or "").strip(),
            self.match_role.data or "",
            self.match_status.data or "",
        )
        count = self.count.data or ""
        return BulkEdit(
            action=BulkAction(self.action.data),
            selection=Selection(frozenset(self.users.data or ()), wanted if self.is_all else None),
            role=self.with_role.data or "",
            etag=self.etag.data or "",
            count=int(count) if NUMBER.fullmatch(count) else 0,
            reason=self.reason.data or "",
        )

    def start_from(self, etag: str, count: int) -> None:
        """Make this what the save is checked against."""
        self.etag.data, self.count.data = etag, str(count)
