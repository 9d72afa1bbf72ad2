"""The users who are selected in the list, carried along while it is paged, sorted and filtered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import HiddenField

from app.domain.phrases import counted
from app.web.forms import Form
from app.web.row_ids import joined, parted, selected_ids

FILTERING = "filtering"


class SelectionForm(Form):
    """A selection: ``users`` are those with a box on the page, ``others`` the rest."""

    users = selected_ids("Users")
    others = HiddenField()

    @property
    def selected(self) -> frozenset[int]:
        """The ids of all selected users."""
        return parted(self.others.data) | frozenset(self.users.data or ())


@dataclass(frozen=True)
class ListSelection:
    """The selected users, by whether the page of the list has a box for them.

    Attributes:
        ids: All of them.
        elsewhere: Those without a box.
    """

    ids: frozenset[int]
    elsewhere: frozenset[int]

    @property
    def kept(self) -> str:
        """The users without a box, as a field keeps them."""
        return joined(self.elsewhere)

    @property
    def label(self) -> str:
        """The text before the actions."""
        if not self.elsewhere:
            return "or those selected below:"
        return f"or those selected below and {counted(len(self.elsewhere), 'user')} elsewhere:"

    @property
    def of_filter(self) -> list[tuple[str, str]]:
        """The hidden fields by which the form of the filter keeps everybody; none for nobody."""
        return [("others", joined(self.ids)), (FILTERING, "1")] if self.ids else []


def sent() -> frozenset[int]:
    """Return the ids of the users selected on the page before; none where it was a link."""
    return SelectionForm().selected if request.method == "POST" else frozenset()


def query() -> Mapping[str, Any]:
    """Return the filters, the order and the cursor: of the form of the filter, or of the URL."""
    return request.form if FILTERING in request.form else request.args
