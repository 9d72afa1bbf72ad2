"""The review protocol: a change is typed, reviewed, and only then saved."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask.typing import ResponseReturnValue

from app.domain.errors import ChangedMeanwhile
from app.web.saving import reviewed, saved


class ReviewUrls(NamedTuple):
    """The URLs of a review: where its form is sent, where it came from, and its section."""

    here: str
    back: str
    section: str


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
        if form.again.data:
            return self.edit_page()
        if form.confirmed.data:
            if saved(form, self.change, *self.ids):
                return self.saved_page()
        elif reviewed(form, self.review, *self.ids):
            return self.review_page()
        if isinstance(form.rule_error, ChangedMeanwhile):
            return self.conflict_page(form.rule_error)
        return self.edit_page()

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
