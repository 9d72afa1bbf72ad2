"""Names of settings, users, roles and permissions in paths."""

from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.routing import PathConverter

from app.domain.text import is_name

# The words that follow a name in a path.
PARTS = (
    *("activate", "deactivate", "history", "members", "offboard", "permissions", "roles", "rule"),
    *("secret", "sessions"),
)


class NamedConverter(PathConverter):
    """A name that is not the path of something else.

    Names may hold slashes, which other programs give them. What follows a name is told apart by the
    expression itself: what `to_python` refuses would count among the methods of the path (Allow).
    """

    regex = rf"[^/](?:(?!/(?:{'|'.join(PARTS)})(?:/|\Z))(?s:.))*?"


def check(arguments: dict[str, Any]) -> None:
    """Refuse names that no database can look up.

    Raises:
        NotFound: There is such a name among the arguments.
    """
    if not all(is_name(name) for name in arguments.values() if isinstance(name, str)):
        raise NotFound
