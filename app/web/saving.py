"""A form is sent: it is checked, the domain is asked, and the answer finds its place."""

from collections.abc import Callable
from typing import Any, TypeVar

from werkzeug.wrappers import Response

from app import unit_of_work
from app.domain.errors import RuleError
from app.extensions import db
from app.web.errors import status_of
from app.web.forms import INVALID, Form
from app.web.identity import current_actor

T = TypeVar("T")
# What a view with a form answers: the way on, or the page with the form's status.
Page = Response | tuple[str, int]


def saved(form: Form, change: Callable[..., Any], *ids: int | str) -> bool:
    """Carry out a change of the domain if the form was sent and nothing speaks against it.

    A refusal becomes an error of the form, which keeps what was typed; the view shows the page
    again with ``form.status``.

    Args:
        form: The form; ``form.result`` is what the change returned.
        change: A function of the domain, called with the session, the ids, ``form.edit`` and the
            actor.
        ids: What is changed.
    """
    return saved_with(form, lambda: change(db.session, *ids, form.edit, actor=current_actor()))


def reviewed(form: Form, review: Callable[..., Any], *ids: int | str) -> bool:
    """Ask what the sent form would change, without changing it.

    What saving would refuse is refused as `saved` refuses it.

    Args:
        form: The form; ``form.result`` is what the review returned.
        review: A function of the domain that only reads, called as `saved` calls a change.
        ids: What would be changed.
    """
    return reviewed_with(form, lambda: review(db.session, *ids, form.edit, actor=current_actor()))


def saved_after(form: Form, preparing: Callable[[], T], change: Callable[[T], Any]) -> bool:
    """Carry out the change as `saved` does, after work for which no lock may be held.

    Args:
        form: The form; ``form.result`` is what the change returned.
        preparing: What takes long, such as hashing a password: one domain call without a session.
        change: One domain call, which takes what was prepared.
    """

    def prepare_and_change() -> Any:
        ready = preparing()
        return unit_of_work.carry_out(lambda: change(ready), actor=current_actor())

    return _succeeded(form, prepare_and_change)


def saved_with(form: Form, change: Callable[[], Any]) -> bool:
    """Carry out a change that takes no arguments; see `saved`."""
    return _succeeded(form, lambda: unit_of_work.carry_out(change, actor=current_actor()))


def reviewed_with(form: Form, review: Callable[[], Any]) -> bool:
    """Ask what would change by a review that takes no arguments; see `reviewed`."""
    return _succeeded(form, lambda: unit_of_work.try_out(review, actor=current_actor()))


def accepted(form: Form) -> bool:
    """Tell whether the form was sent and is valid; all there is to ask where no data changes."""
    if not form.is_sent:
        return False
    if not form.validate():
        form.status = INVALID
        return False
    return True


def _succeeded(form: Form, ask: Callable[[], Any]) -> bool:
    if not accepted(form):
        return False
    try:
        form.result = ask()
    except RuleError as refusal:
        form.refuse(refusal, status_of(refusal))
        return False
    return True
