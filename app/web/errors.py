"""Errors as pages: what happened, what it needs, and the request to quote; never a traceback."""

import logging

from flask import Flask, current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from app import unit_of_work
from app.database import problems, revisions
from app.database.connections import MissingFile
from app.database.waiting import has_waited
from app.domain.authentication.capacity import Overloaded
from app.domain.errors import InvalidValue, RuleError
from app.extensions import db
from app.http.requests import request_id
from app.http.statuses import status_of
from app.unit_of_work import OutcomeUnknown
from app.web import kept_input, readiness, redirects, security
from app.web.access import PermissionMissing, SecondFactorFirst, access_of
from app.web.kept_input import KeptInput
from app.web.security import SAFE_METHODS, ForeignForm, NotUtf8
from app.web.session import identity

Answer = tuple[str, int, dict[str, str]]

RETRY_AFTER = {"Retry-After": "5"}
FAULT = 500
EXPIRED, FACTOR = "expired", "factor"
CROWD = "Too many people are signing in"
CROWD_SENTENCE = (
    "The console checks only a few passwords at once, and did not get to yours. Nothing was"
    " changed. Try again in a few seconds."
)
VALUE_REFUSED = "The database cannot store or look up a value that was sent. Nothing was saved."
UNSAVED = "Nothing was saved."
QUEUE = "Too many changes are waiting"
QUEUE_SENTENCE = (
    "The console saves only a few changes at once, and the database keeps them waiting. Yours was"
    " not begun. Try again in a few seconds."
)
AGAIN = "Try again in a few seconds."
AWAY = (OperationalError, InterfaceError, InternalError, NoConnectionFree)
log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RuleError, _rule)
    app.register_error_handler(readiness.NotReady, _not_ready)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(OutcomeUnknown, _unknown)
    app.register_error_handler(Overloaded, _overloaded)
    app.register_error_handler(unit_of_work.TooManyChanges, _queue)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Answer:
    status = error.code or FAULT
    if status == FAULT:
        # Another error page could not be made; this one asks for nothing.
        return _unavailable(None, is_fault=True), FAULT, {}
    permission = error.needed if isinstance(error, PermissionMissing) else None
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    if isinstance(error, CSRFError):
        return _expired(), status, headers
    if isinstance(error, SecondFactorFirst):
        return _page(FACTOR, kept=_kept(), can_return=True), status, headers
    kept = _kept() if permission and not kept_input.is_kept() else None
    sentence = error.sentence if isinstance(error, ForeignForm | NotUtf8) else ""
    return _page(status, sentence=sentence, permission=permission, kept=kept), status, headers


def _rule(error: RuleError) -> Answer:
    # Of a form, saving.saved has made an error beside the field; what comes here was an address.
    status = 400 if isinstance(error, InvalidValue) else status_of(error)
    return _page(status, sentence=str(error), kept=_kept()), status, {}


def _queue(_error: unit_of_work.TooManyChanges) -> Answer:
    log.warning("Too many changes at once.")
    page = _unavailable(None, heading=QUEUE, sentence=QUEUE_SENTENCE, again=_again())
    return page, 503, RETRY_AFTER


def _not_ready(error: readiness.NotReady) -> Answer:
    g.is_database_away = True
    return _unavailable(error.status), 503, RETRY_AFTER


def _database(error: SQLAlchemyError) -> Answer:
    log.error("%s", problems.log_line(current_app.config["CONSOLE"], error))
    if isinstance(error, DBAPIError) and has_waited(error):
        sentence = f"{problems.public_sentence(error)} {UNSAVED} {AGAIN}"
        return _unavailable(None, sentence=sentence), 503, RETRY_AFTER
    # Without a connection there is nothing more to learn, and asking takes the timeout once more.
    asked = isinstance(error, DBAPIError) and (
        isinstance(error.orig, MissingFile)
        or (error.statement and not error.connection_invalidated)
    )
    g.is_database_away = not asked
    status = revisions.status_after_fault(db.session) if asked else None
    if isinstance(error, DataError) and status is None:
        return _page(422, sentence=VALUE_REFUSED), 422, {}
    is_away = isinstance(error, AWAY) and not problems.is_rejected(error)
    sentence = "" if is_away else "The database refused this."
    sentence = problems.public_sentence(error) or sentence
    return _unavailable(status, sentence=sentence and f"{sentence} {UNSAVED}"), 503, RETRY_AFTER


def _unknown(error: OutcomeUnknown) -> Answer:
    log.error("The database did not confirm COMMIT.")
    g.is_database_away = True
    heading, sentence = "We cannot tell whether this was saved", str(error)
    # Without Retry-After: a program that obeyed it might save the same twice.
    page = _unavailable(None, heading=heading, sentence=sentence, can_return=False)
    return page, 503, {}


def _overloaded(_error: Overloaded) -> Answer:
    # Only passwords have a limit, and they are hashed before anything is written.
    log.warning("Too many passwords at once.")
    page = _unavailable(None, heading=CROWD, sentence=CROWD_SENTENCE, again=_again())
    return page, 503, RETRY_AFTER


def _unexpected(_error: Exception) -> Answer:
    log.exception("The request failed.")
    return _unavailable(None, is_fault=True), FAULT, {}


def _expired() -> str:
    """Return the page for a form without its token, with what was entered in it.

    Another site may have sent the form, unless the browser says that it was the console.
    """
    identity.load_if_possible()
    kept = _kept() if security.is_from_console() else None
    sentence = (
        "It was opened in another session. Nothing was saved: go back to the form to save it."
        if kept
        else ""
    )
    return _page(EXPIRED, sentence=sentence, kept=kept, can_return=True)


def _page(
    kind: int | str,
    *,
    sentence: str = "",
    permission: str | None = None,
    kept: KeptInput | None = None,
    can_return: bool = False,
) -> str:
    identity.load_if_possible()
    return render_template(
        "errors/error.html",
        kind=kind,
        sentence=sentence,
        permission=permission,
        kept=kept,
        can_return=can_return,
        shows_texts=_is_known(),
        request_id=request_id(),
    )


def _is_known() -> bool:
    """Tell whether it is known that the person may see the page of the form."""
    declared = access_of(current_app, request.endpoint or "static")
    return g.get("me") is not None or (declared is not None and declared.is_public)


def _kept() -> KeptInput | None:
    """Return what was entered, unless the person may not see the page of the form."""
    if request.method in SAFE_METHODS or request.endpoint is None:
        return None
    declared, me = access_of(current_app, request.endpoint), g.get("me")
    if me and declared and declared.missing(me, "GET"):
        return None
    kept = kept_input.of_request()
    return kept if kept.fields else None


def _unavailable(
    status: revisions.SchemaStatus | None,
    *,
    heading: str = "The console is not available",
    sentence: str = "",
    is_fault: bool = False,
    again: str | None = None,
    can_return: bool = True,
) -> str:
    return render_template(
        "errors/unavailable.html",
        kept=None if again else _kept(),
        can_return=can_return,
        is_fault=is_fault,
        again=again,
        heading=heading,
        sentence=status.message if status else sentence,
        command=status.command if status else None,
        request_id=request_id(),
    )


def _again() -> str | None:
    """Return the URL of the sent form where nothing that was entered in it is kept."""
    # The page to sign in asks for little, and is opened again.
    return _form_sent() if request.endpoint == "auth.login" or not _kept() else None


def _form_sent() -> str:
    """Return the URL of the sent form; at sign-in with the page to go to afterwards."""
    target = request.values.get("next", "")
    values = dict(request.view_args or {})
    if redirects.is_ours(target):
        values["next"] = target
    return url_for(request.endpoint or "", **values)
