"""The review protocol: a change is typed, reviewed, and only then saved."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import g
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import reviews
from app.domain.confirmation import Confirmation
from app.domain.errors import ChangedMeanwhile, InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.reviews import ReviewContent, ReviewDifference, ReviewOutdated
from app.extensions import db
from app.web.forms import REASON, Form
from app.web.kept_input import is_resumed
from app.web.saving import reviewed, saved


class ReviewUrls(NamedTuple):
    """The URLs of a review: where its form is sent, where it came from, and its section."""

    here: str
    back: str
    section: str


class ReviewedForm(Form):
    """A form that carries the content of the review that it confirms.

    Attributes:
        differences: The differences from that content, after a save was refused for them.
    """

    reviewed = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[ReviewDifference] = []

    @property
    def is_outdated(self) -> bool:
        """Tell whether the save was refused because its effects are no longer those reviewed."""
        return isinstance(self.rule_error, ReviewOutdated)

    def carry(self, content: ReviewContent) -> None:
        """Carry the content of the page to the save."""
        if self.is_outdated:
            found = reviews.differences(db.session, self.reviewed.data or "", content)
            self.differences = (
                found if g.me.can(PermissionCode.USER_READ) else _without_users(found)
            )
        self.reviewed.data = content.text


class ConfirmationForm(ReviewedForm):
    """A form that confirms a reviewed change, with a reason."""

    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> Confirmation:
        """The confirmation, as the domain takes it."""
        return Confirmation(self.reason.data or "", self.reviewed.data)


class Review:
    """A change on its way from a form to the database.

    A page derives from it and supplies the domain's two functions and the pages. Its form has the
    buttons ``again``, which goes back to editing, and ``confirmed``, which saves.

    Attributes:
        review: The function of the domain that says what would change, called by `reviewed`.
        change: The function of the domain that changes it, called by `saved`.
    """

    review: Callable[..., Any]
    change: Callable[..., Any]

    def __init__(self, form: Any, *ids: int) -> None:
        self.form = form
        self.ids = ids

    def answer(self) -> ResponseReturnValue:
        """Answer the form: with its own page, the review, the conflict, or by saving it."""
        form = self.form
        if form.again.data or self.is_edited_again():
            return self.edit_page()
        if form.confirmed.data and not is_resumed():
            if saved(form, self.change, *self.ids):
                return self.saved_page()
            if self._is_reviewed_again():
                return self._reviewed()
        elif reviewed(form, self.review, *self.ids):
            return self._reviewed()
        if isinstance(form.rule_error, ChangedMeanwhile):
            return self.conflict_page(form.rule_error)
        # The page of the form has no field for the reason.
        form.refusal, form.reason.errors = next(iter(form.reason.errors), form.refusal), ()
        return self.edit_page()

    def _is_reviewed_again(self) -> bool:
        form = self.form
        if not isinstance(form.rule_error, (ReviewOutdated, InvalidValue)):
            return False
        reason, errors = form.reason.data, form.reason.errors
        # Some reviews would refuse the reason, too; it is corrected there.
        form.reason.data = ""
        is_reviewed = reviewed(form, self.review, *self.ids)
        # The review validates the form again, which drops the errors of the save.
        form.reason.data, form.reason.errors = reason, errors
        return is_reviewed

    def _reviewed(self) -> ResponseReturnValue:
        self.form.carry(self.form.result.content)
        return self.review_page()

    def is_edited_again(self) -> bool:
        """Tell whether kept input goes back to the form; what was reviewed is reviewed again."""
        return is_resumed() and not self.form.confirmed.data

    def edit_page(self) -> ResponseReturnValue:
        """Return the page of the form, with the typed values and the errors."""
        raise AssertionError("The page has a form.")

    def review_page(self) -> ResponseReturnValue:
        """Return the page with the effects of the change."""
        raise AssertionError("The change has a review.")

    def conflict_page(self, error: Any) -> ResponseReturnValue:
        """Return the page for a change by somebody else in between."""
        del error
        return self.edit_page()

    def saved_page(self) -> ResponseReturnValue:
        """Return the answer after saving."""
        raise AssertionError("The change leads on.")


def _without_users(differences: list[ReviewDifference]) -> list[ReviewDifference]:
    return [row._replace(added=(), removed=()) if row.are_users else row for row in differences]
