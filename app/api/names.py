"""Names of settings, users, roles and permissions in paths."""

from werkzeug.routing import PathConverter, ValidationError

from app.domain.text import is_name

# The words that follow a name in a path.
PARTS = frozenset(
    {"activate", "deactivate", "history", "members", "permissions", "roles", "sessions"}
)


class NamedConverter(PathConverter):
    """A name that every database can look up, and that is not the path of something else.

    Names may hold slashes, which other programs give them.
    """

    def to_python(self, value: str) -> str:
        """Return the name, or refuse the path."""
        if not is_name(value) or PARTS.intersection(value.split("/")[1:]):
            raise ValidationError
        return value
