"""Check a sent form, call the domain, and put its answer or its refusal into the form."""

from collections.abc import Callable
from typing import Any, TypeVar

from app import unit_of_work
from app.domain.errors import RuleError
from app.extensions import db
from app.http.statuses import status_of
from app.web import kept_input
from app.web.forms import INVALID, Form
from app.web.session.identity import current_actor

T = TypeVar("T")


def saved(form: Form, change: Callable[..., Any], *ids: int | str | None) -> bool:
    """Carry out a change of the domain if the form was sent and nothing speaks against it.

    A refusal becomes an error of the form, which keeps what was typed; the view shows the page
    again with ``form.status``.

    Args:
        form: The form; ``form.result`` is what the change returned.
        change: A function of the domain, called with the session, the ids, ``form.edit`` and the
            actor.
        ids: What is changed.
    """
    return accepted(form) and _run(form, unit_of_work.carry_out, change, ids)


def reviewed(form: Form, review: Callable[..., Any], *ids: int | str | None) -> bool:
    """Ask what the sent form would change, without changing it.

    What saving would refuse is refused as `saved` refuses it.

    Args:
        form: The form; ``form.result`` is what the review returned.
        review: A function of the domain that only reads, called as `saved` calls a change.
        ids: What would be changed.
    """
    return _is_valid(form) and _run(form, unit_of_work.try_out, review, ids)


def saved_after(form: Form, preparing: Callable[[], T], change: Callable[[T], Any]) -> bool:
    """Carry out the change as `saved` does, after work for which no lock may be held.

    Args:
        form: The form; ``form.result`` is what the change returned.
        preparing: What takes long, such as hashing a password: one domain call without a session.
        change: One domain call, which takes what was prepared.
    """

    def prepare_and_change() -> Any:
        ready = preparing()
        limiter = unit_of_work.SIGN_INS
        return unit_of_work.carry_out(lambda: change(ready), actor=current_actor(), limiter=limiter)

    return accepted(form) and _succeeded(form, prepare_and_change)


def accepted(form: Form) -> bool:
    """Tell whether the form was sent and is valid; all there is to ask where no data changes.

    Input that an earlier page has kept is only shown again.
    """
    return not kept_input.is_resumed() and _is_valid(form)


def _is_valid(form: Form) -> bool:
    if not form.is_sent:
        return False
    if not form.validate():
        form.status = INVALID
        return False
    return True


def _run(
    form: Form,
    run: Callable[..., Any],
    function: Callable[..., Any],
    ids: tuple[int | str | None, ...],
) -> bool:
    """Run a function of the domain in a unit of work, as the current actor."""

    def ask() -> Any:
        actor = current_actor()
        return run(lambda: function(db.session, *ids, form.edit, actor=actor), actor=actor)

    return _succeeded(form, ask)


def _succeeded(form: Form, ask: Callable[[], Any]) -> bool:
    try:
        form.result = ask()
    except RuleError as refusal:
        form.refuse(refusal, status_of(refusal))
        return False
    return True
