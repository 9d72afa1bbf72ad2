"""The filter of the list of users, in a URL and in the forms that are about the users who match."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from flask import request
from wtforms import HiddenField

from app.domain import roles
from app.domain.filter_words import OLD_WITHOUT, WITHOUT
from app.domain.users import UserFilter
from app.extensions import db
from app.web.forms import Form


class UserFilterForm(Form):
    """The filter of the list, sent along with a form."""

    match_q = HiddenField()
    match_role = HiddenField()
    match_status = HiddenField()
    match_signed_in = HiddenField()
    match_kind = HiddenField()

    @property
    def filters(self) -> UserFilter:
        """The filter, as the domain takes it."""
        fields = ("q", "role", "status", "signed_in", "kind")
        return filters_of({name: self._fields[f"match_{name}"].data or "" for name in fields})


def filters_of(values: Mapping[str, str]) -> UserFilter:
    """Return the filter that a URL or a form asks for."""
    names = ("role", "status", "signed_in", "kind")
    return UserFilter(values.get("q", "").strip(), *(values.get(name, "") for name in names))


def filters_of_url() -> UserFilter:
    """Return the filter of the URL; see `filters_asked_for`."""
    return filters_asked_for(request.args)


def filters_asked_for(
    values: Mapping[str, str], role_names: Collection[str] | None = None
) -> UserFilter:
    """Return the filter that a URL or a form asks for; see `OLD_WITHOUT` for old links.

    Args:
        values: The values of the URL or the form.
        role_names: The names of all roles, if they are at hand.
    """
    filters = filters_of(values)
    if filters.role != OLD_WITHOUT:
        return filters
    names = roles.all_names(db.session) if role_names is None else role_names
    return filters if OLD_WITHOUT in names else replace(filters, role=WITHOUT)
