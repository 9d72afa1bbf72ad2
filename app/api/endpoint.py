"""Declarations of endpoints: path, permissions, body, query and answer; checked and documented.

What a view declares is what the requests are held to, and what the document of the API shows.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, request

from app import unit_of_work
from app.api import bearer, bodies, names, preconditions
from app.api.blueprint import PREFIX, blueprint
from app.api.schemas import Schema
from app.domain.permissions import PermissionCode
from app.extensions import db

OK, CREATED, NO_CONTENT, NOT_MODIFIED = 200, 201, 204, 304
MIMETYPE = "application/json"
View = Callable[..., Any]


@dataclass(frozen=True)
class Answer:
    """An answer of an endpoint: the content, its etag, and headers such as Location."""

    content: Any
    etag: str | None = None
    status: int = OK
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """The declaration of a view.

    Attributes:
        method: The method.
        path: The path below the version, with Flask's converters.
        needs: The permissions of which one is needed.
        read: The permission to look, which is needed besides; None for none.
        gives: The schema of the answer; None for none.
        takes: The schema of the body; None for none.
        query: The schemas of the parameters of the query.
        status: The status of success.
        needed: The parameters of the query that have to be sent.
        has_etag: Whether the answer has an etag, or the request needs If-Match.
        summary: The first line of the view's docstring.
        name: The name of the view.
        media: The media types of the answer.
    """

    method: str
    path: str
    needs: tuple[PermissionCode, ...] = ()
    read: PermissionCode | None = None
    gives: Schema | None = None
    takes: Schema | None = None
    query: dict[str, Schema] = field(default_factory=dict)
    status: int = OK
    has_etag: bool = False
    needed: tuple[str, ...] = ()
    summary: str = ""
    name: str = ""
    media: tuple[str, ...] = (MIMETYPE,)

    @property
    def permissions(self) -> str:
        """The permissions that it needs, in words."""
        one_of = " or ".join(self.needs)
        return f"{self.read}, and {one_of}" if self.read else one_of

    @property
    def fields(self) -> list[str]:
        """The parameters of the query, and the fields of the body."""
        return [*self.query, *(self.takes or {}).get("properties", {})]


ENDPOINTS: list[Endpoint] = []


def endpoint(method: str, path: str, **declared: Any) -> Callable[[View], View]:
    """Declare a view as an endpoint; see `Endpoint` for the arguments."""

    def declare(view: View) -> View:
        module = view.__module__.removeprefix("app.api.").replace(".", "_")
        name = f"{module}_{view.__name__}"
        summary = (view.__doc__ or "").partition("\n")[0]
        one = Endpoint(method, path, name=name, summary=summary, **declared)
        ENDPOINTS.append(one)
        # Without redirects to other paths: clients that follow them would reach another thing.
        options: dict[str, Any] = {"methods": [method], "merge_slashes": False}
        blueprint.add_url_rule(path, name, _guarded(one, view), **options)
        return view

    return declare


def saved(change: Callable[..., Any], *arguments: Any) -> Any:
    """Carry out a change of the domain as the owner of the token; see `unit_of_work.carry_out`."""
    actor = bearer.current_actor()
    return unit_of_work.carry_out(lambda: change(db.session, *arguments, actor=actor), actor=actor)


def reviewed(review: Callable[..., Any], *arguments: Any) -> Any:
    """Ask the domain what a change would do, as `saved` carries it out; see `try_out`."""
    actor = bearer.current_actor()
    return unit_of_work.try_out(lambda: review(db.session, *arguments, actor=actor), actor=actor)


def created(answer: Answer, collection: str, name: str) -> Answer:
    """Return the answer that shows something new, and where it is.

    Args:
        answer: The answer that shows it.
        collection: The path of its collection, such as ``/roles``.
        name: Its name or ID.
    """
    place = f"{request.script_root}{PREFIX}{collection}/{quote(names.written(name), safe='')}"
    return Answer(answer.content, answer.etag, CREATED, {"Location": place})


def next_page(cursor: str | None) -> str | None:
    """Return the path of the next page of a list, with the filters of this one; None at the end."""
    if cursor is None:
        return None
    query = {**request.args.to_dict(), "after": cursor}
    path = quote(f"{request.script_root}{request.path}")
    return f"{path}?{urlencode(query)}"


def _guarded(declared: Endpoint, view: View) -> View:
    @wraps(view)
    def run(**arguments: Any) -> Response:
        # As with pages: first of all, since a denial is recorded with the path.
        names.check(arguments)
        bearer.demand(declared.needs, declared.read)
        query = bodies.read_query(declared.query, declared.needed)
        if declared.query:
            arguments["query"] = query
        if declared.takes is not None:
            arguments["body"] = bodies.read_body(declared.takes)
        if declared.has_etag and declared.method != "GET":
            preconditions.demand()
        return _response(view(**arguments), declared)

    return run


def _response(answer: Any, declared: Endpoint) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status=NO_CONTENT)
    if not isinstance(answer, Answer):
        answer = Answer(answer, status=declared.status)
    text = json.dumps(answer.content, ensure_ascii=False)
    response = Response(text, answer.status, headers=answer.headers, content_type=MIMETYPE)
    if answer.etag is not None:
        if declared.method == "GET" and preconditions.is_read_already(answer.etag):
            response = Response(status=NOT_MODIFIED)
        response.set_etag(answer.etag)
    return response
