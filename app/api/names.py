"""Names of settings, users, roles and permissions in paths, and IDs of rows in queries."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, PathConverter

from app.api.problems import Invalid, in_query
from app.domain.text import is_name
from app.models.base import HIGHEST_ID

# The words that follow a name in a path.
PARTS = (
    *("activate", "deactivate", "deletion", "history", "members", "offboard", "permissions"),
    *("role-review", "roles", "rule", "rule-review", "secret", "sessions", "sign-ins"),
    "state",
)

NO_ID = f"must be a number from 1 to {HIGHEST_ID}"
_ID = re.compile(r"[0-9]{1,10}")


class NamedConverter(PathConverter):
    """A name that is not the path of something else.

    Names may hold slashes. What follows a name is told apart by the expression itself: what
    `to_python` refuses would count among the methods of the path (Allow). A slash that is written
    as in JSON Pointer (RFC 6901) belongs to the name, whatever follows: servers decode %2F.
    """

    regex = rf"[^/](?:(?!/(?:{'|'.join(PARTS)})(?:/|\Z))(?s:.))*?"

    def to_python(self, value: str) -> str:
        """Return the name."""
        return value.replace("~1", "/").replace("~0", "~")


def written(name: str) -> str:
    """Return a name as a path holds it, but for the encoding of characters."""
    return name.replace("~", "~0").replace("/", "~1")


class RowConverter(IntegerConverter):
    """The ID of a row; `check` refuses numbers that are too high, and so it counts no methods."""

    # Python's \d and int() also take the digits of other scripts.
    regex = "[0-9]{1,10}"


def check(arguments: dict[str, Any]) -> None:
    """Refuse names and IDs that no database can look up.

    Raises:
        NotFound: There is such a one among the arguments.
    """
    if not all(map(_can_be_looked_up, arguments.values())):
        raise NotFound


def row_ids(query: Mapping[str, str], name: str) -> tuple[int, ...]:
    """Return the ID that a parameter holds; none if it was not sent.

    Raises:
        Invalid: It is no ID that a database can look up (400).
    """
    text = query.get(name)
    if text is None:
        return ()
    if not _ID.fullmatch(text) or not _can_be_looked_up(int(text)):
        raise Invalid(400, f"The parameter {name} {NO_ID}.", [in_query(name, NO_ID)])
    return (int(text),)


def _can_be_looked_up(value: str | int) -> bool:
    return is_name(value) if isinstance(value, str) else 0 < value <= HIGHEST_ID
