"""Errors as problem documents (RFC 9457): what happened, at which field, in which request."""

import json
import logging
import re
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)
from werkzeug.http import HTTP_STATUS_CODES

from app import config
from app.api.bearer import SecondFactorMissing, WrongRevision
from app.api.blueprint import PREFIX, blueprint
from app.database import problems, revisions
from app.database.connections import MissingFile
from app.domain.authentication.capacity import Overloaded
from app.domain.errors import ChangedMeanwhile, InvalidValue, RuleError
from app.extensions import db
from app.http.requests import request_id
from app.http.statuses import status_of
from app.unit_of_work import OutcomeUnknown

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:rag-fortress-console:problem:"
RETRY = {"Retry-After": "5"}
BUSY = "The console saves only a few changes at once. Yours was not begun. Try again."
AWAY = "The database does not answer, or refused this. Nothing was saved. Try again."
STORED = "The database cannot store or look up a value that was sent. Nothing was saved."
FAULT = "Something went wrong. The log of the console has the details, by the request ID."
INVALID = "The request is not valid. Nothing was saved."
NOWHERE = "The API has nothing at this path: it may be mistyped, or the item may have been deleted."
TOO_LARGE = "The body is larger than the {most:,} bytes that are accepted. Nothing was saved."
WRONG_METHOD = "The API takes no {method} at this path. Nothing was saved."
_SLASHES = re.compile("/+")
_WORD = re.compile(r"(?<!^)(?=[A-Z])")
log = logging.getLogger(__name__)

Errors = Sequence[dict[str, str]]


class Invalid(HTTPException):
    """A request that is refused before the domain is asked, with the place of each mistake."""

    def __init__(self, status: int, detail: str, errors: Errors = ()) -> None:
        super().__init__(detail)
        self.code = status
        self.errors = errors


def register(app: Flask) -> None:
    """Answer the errors of the API with problem documents, also at paths that it does not have."""
    pages: Any = app.error_handler_spec[None][None][HTTPException]

    def unrouted(error: HTTPException) -> ResponseReturnValue:
        path = _SLASHES.sub("/", f"{request.path}/")
        if not path.startswith(f"{PREFIX}/"):
            answer: ResponseReturnValue = pages(error)
            return answer
        # Of a path with slashes too many, Werkzeug tells the methods that one without them takes.
        return _http(NotFound() if "//" in request.path else error)

    app.register_error_handler(NotFound, unrouted)
    app.register_error_handler(MethodNotAllowed, unrouted)


def problem(
    status: int,
    detail: str,
    *,
    name: str = "",
    errors: Errors = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem document.

    Args:
        status: The status of the response.
        detail: What happened, as a sentence for people.
        name: The rule that refused, if one did: the name of an error of the domain.
        errors: The mistakes, each with its place in the body (a JSON pointer).
        headers: Further headers.
    """
    body: dict[str, Any] = {
        "type": TYPE + _WORD.sub("-", name).lower() if name else "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "request_id": request_id(),
    }
    if errors:
        body["errors"] = list(errors)
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, headers=headers, content_type=MEDIA_TYPE)


def mistake(place: Sequence[str | int], detail: str) -> dict[str, str]:
    """Return a mistake in a body, with its place as a JSON pointer (RFC 6901)."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in place)
    return {"pointer": "#" + "".join(f"/{part}" for part in parts), "detail": detail}


def in_query(name: str, detail: str) -> dict[str, str]:
    """Return a mistake in a query, with the name of its parameter."""
    return {"parameter": name, "detail": detail}


def refused(error: RuleError, errors: Errors | None = None) -> Response:
    """Return the problem document of a refusal of the domain."""
    status = status_of(error)
    if isinstance(error, ChangedMeanwhile) and request.if_match and not request.if_match.star_tag:
        status = 412
    elif isinstance(error, InvalidValue) and request.method == "GET":
        status = 400
    if errors is None:
        errors = [_placed(part.field, str(part)) for part in error.parts if part.field]
    return problem(status, str(error), name=type(error).__name__, errors=errors)


def _placed(field: str, detail: str) -> dict[str, str]:
    is_query = request.method == "GET"
    return in_query(field, detail) if is_query else mistake((field,), detail)


@blueprint.errorhandler(RuleError)
def _rule(error: RuleError) -> Response:
    return refused(error)


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    sent = error.get_response()
    kept = ("Allow", "WWW-Authenticate", "Retry-After")
    headers = {name: sent.headers[name] for name in kept if name in sent.headers}
    errors: Errors = getattr(error, "errors", ())
    return problem(error.code or 500, _sentence(error), errors=errors, headers=headers)


def _sentence(error: HTTPException) -> str:
    """Return what happened: in the error's own words, or in place of those of the framework."""
    if error.description and error.description != type(error).description:
        return error.description
    if isinstance(error, MethodNotAllowed):
        return WRONG_METHOD.format(method=request.method)
    if isinstance(error, RequestEntityTooLarge):
        return TOO_LARGE.format(most=request.max_content_length or 0)
    return NOWHERE if isinstance(error, NotFound) else INVALID


@blueprint.errorhandler(SecondFactorMissing)
def _no_second_factor(error: SecondFactorMissing) -> Response:
    return problem(403, str(error), name=type(error).__name__)


@blueprint.errorhandler(WrongRevision)
def _not_ready(error: WrongRevision) -> Response:
    return problem(503, str(error), headers=RETRY)


@blueprint.errorhandler(Overloaded)
def _overloaded(_error: Overloaded) -> Response:
    return problem(503, BUSY, headers=RETRY)


@blueprint.errorhandler(OutcomeUnknown)
def _unknown(error: OutcomeUnknown) -> Response:
    # Without Retry-After: a program that obeyed it might save the same twice.
    log.error("The connection broke at COMMIT.")
    return problem(503, str(error), name="OutcomeUnknown")


@blueprint.errorhandler(SQLAlchemyError)
def _database(error: SQLAlchemyError) -> Response:
    log.error("%s", problems.log_line(config.current(), error))
    try:
        db.session.rollback()
    except SQLAlchemyError:
        log.warning("The rollback failed too.")
    if isinstance(error, DataError):
        return problem(422, STORED)
    sentence = problems.public_sentence(error) or _of_schema(error)
    detail = f"{sentence} Nothing was saved." if sentence else AWAY
    return problem(503, detail, headers=RETRY)


def _of_schema(error: SQLAlchemyError) -> str | None:
    """Return what is wrong with the schema, if it may be why a statement failed."""
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return None
    if error.statement is None and not isinstance(error.orig, MissingFile):
        return None
    status = revisions.status_after_fault(db.session)
    return status.message if status else None


@blueprint.errorhandler(Exception)
def _unexpected(_error: Exception) -> Response:
    log.exception("The request failed.")
    return problem(500, FAULT)
