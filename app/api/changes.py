"""Changes of what a path names: locked, and held to the version that the request names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from app.api import preconditions
from app.api.endpoint import Answer, View, endpoint, saved
from app.domain.actor import Actor
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import DbSession


@dataclass(frozen=True)
class Resource:
    """The things of one kind, each named in a path.

    Attributes:
        parameter: The parameter of the path that holds the name.
        read: The permission to look at them.
        lock: Returns the named thing, locked; begins a transaction.
        get: Returns the thing with an ID.
        shown: Returns the answer that shows a thing, with its etag.
    """

    parameter: str
    read: PermissionCode
    lock: Callable[[DbSession, Any], Any]
    get: Callable[[DbSession, int], Any]
    shown: Callable[[Any], Answer]

    def change(self, method: str, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare a view that changes a thing; see `Endpoint` for the arguments.

        The view is a part of the unit of work, so it does nothing but database work. It gets the
        locked thing, the other parameters and the body, and the actor. The answer shows the thing
        as it is then, if there is an answer, with the fields that the view returns.
        """

        def declare(view: View) -> View:
            @endpoint(method, path, has_etag=True, **{"read": self.read, **declared})
            @wraps(view)
            def run(**arguments: Any) -> Answer | None:
                name = arguments.pop(self.parameter)
                done = saved(self._carry_out, name, view, arguments)
                return self._answer(*done) if "gives" in declared else None

            return run

        return declare

    def _carry_out(
        self, session: DbSession, name: str, view: View, arguments: dict[str, Any], *, actor: Actor
    ) -> tuple[int, dict[str, Any]]:
        thing = self.lock(session, name)
        preconditions.compare(self.shown(thing).etag or "")
        thing_id: int = thing.id
        found = view(thing, **arguments, actor=actor)
        return thing_id, found or {}

    def _answer(self, thing_id: int, found: dict[str, Any]) -> Answer:
        db.session.expire_all()
        answer = self.shown(self.get(db.session, thing_id))
        return Answer({**answer.content, **found}, answer.etag)
