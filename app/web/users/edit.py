"""The page that edits the profile of a user."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from app import config
from app.domain import users
from app.domain.permissions import PermissionCode
from app.domain.users import Profile, ProfileChangedMeanwhile, ProfileEdit
from app.extensions import db
from app.models import User
from app.models.spelling import shown_address
from app.web.access import requires
from app.web.events import conflicts, undoing
from app.web.events.conflicts import Author, Contested
from app.web.events.undoing import EarlierFields
from app.web.forms import PLAIN, REASON, AddressField, Form
from app.web.saving import saved
from app.web.users.blueprint import blueprint, why_not

FIELDS = ("username", "email", "full_name", "bio", "is_verified")
NO_FILLING = {"autocomplete": "off"}


class ProfileForm(Form):
    """The profile of a user; ``base_...`` has the fields as they were shown."""

    username = StringField("User name", render_kw=PLAIN)
    email = AddressField("Email", render_kw=NO_FILLING)
    full_name = StringField("Full name", render_kw=NO_FILLING)
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
    def profile(self) -> Profile:
        """The profile as entered."""
        return self._profile("")

    @property
    def base(self) -> Profile:
        """The profile that was shown when the page was opened."""
        return self._profile("base_")

    @property
    def edit(self) -> ProfileEdit:
        """The profile as entered, as the domain takes it."""
        return ProfileEdit(
            self.profile,
            self.etag.data or "",
            self.reason.data or "",
            config.current().email_domains,
        )

    def start_from(self, profile: Profile, etag: str) -> None:
        """Check the next save against this profile; the fields stay as entered."""
        self.etag.data = etag
        for name, value in vars(profile).items():
            self._fields[f"base_{name}"].data = value or ""
            if not self.is_sent:
                self._fields[name].data = value

    def _profile(self, prefix: str) -> Profile:
        values: dict[str, Any] = {name: self._fields[prefix + name].data or "" for name in FIELDS}
        values["is_verified"] = bool(values["is_verified"])
        return Profile(**values)


@blueprint.route("/<id:user_id>/edit", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def edit(user_id: int) -> ResponseReturnValue:
    """Edit the profile of a user."""
    form = ProfileForm()
    if saved(form, users.change, user_id):
        flash("Saved the profile." if form.result else "No changes.", "success")
        return redirect(url_for(".show", user_id=user_id), 303)
    return _page(form, user_id)


def _page(form: ProfileForm, user_id: int) -> ResponseReturnValue:
    user = users.get(db.session, user_id)
    versions = _versions(form)
    author = _author(form, user) if versions else None
    if versions or not form.is_sent:
        form.start_from(users.profile_of(user), users.profile_etag(user))
    page = render_template(
        "users/edit.html",
        earlier=None if form.is_sent else _fill_in(form, user),
        form=form,
        user=user,
        why_not=why_not(user, PermissionCode.USER_UPDATE),
        conflicts=versions,
        author=author,
    )
    return page, form.status


def _fill_in(form: ProfileForm, user: User) -> EarlierFields | None:
    """Fill in the fields from before the edit that the URL names, if it names one."""
    stored = {name: getattr(user, name) for name in FIELDS}
    earlier = undoing.earlier_fields(user, (users.PROFILE_CHANGED,), stored)
    if earlier:
        for name in earlier.fields.keys() & set(FIELDS):
            value = earlier.fields[name]
            form[name].data = shown_address(value) if name == "email" else value or ""
        form.reason.data = earlier.reason
    return earlier


def _versions(form: ProfileForm) -> list[tuple[str, Any, Any, Any]]:
    """Return the label and the three versions of each field in which they differ."""
    if not isinstance(form.rule_error, ProfileChangedMeanwhile):
        return []
    base, theirs, yours = map(vars, (form.base, form.rule_error.theirs, form.profile))
    return [
        (form[name].label.text, base[name], theirs[name], yours[name])
        for name in FIELDS
        if not base[name] == theirs[name] == yours[name]
    ]


def _author(form: ProfileForm, user: User) -> Author | None:
    base, theirs = vars(form.base), vars(users.profile_of(user))
    changed = [name for name in FIELDS if base[name] != theirs[name]]
    explains = conflicts.by_fields(changed, {name: getattr(user, name) for name in FIELDS})
    contested = Contested(user.id, f"the profile of {user.username}", explains)
    return conflicts.author_of(conflicts.PROFILE, contested)
