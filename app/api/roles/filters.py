"""The filters of the matrix of roles and permissions."""

from typing import Any

from app.api.schemas import FLAG_WORD, TEXT, Schema
from app.domain import roles
from app.domain.roles import DIFFER, SEPARATOR, MatrixFilter
from app.extensions import db

TEXTS = ("q", "resource", "role")
FILTERS: dict[str, Schema] = {**dict.fromkeys((*TEXTS, "roles"), TEXT), "differ": FLAG_WORD}


def filters_of(query: dict[str, str]) -> MatrixFilter:
    """Return the filters that a query has.

    Raises:
        InvalidValue: A text is too long, or one of the ``roles`` does not exist.
    """
    fields: dict[str, Any] = {name: query[name].strip() for name in TEXTS if name in query}
    if query.get("differ") == "true":
        fields["differ"] = DIFFER
    if names := [name for name in query.get("roles", "").split(SEPARATOR) if name.strip()]:
        ids = sorted(roles.ids_named(db.session, names))
        fields["roles"] = SEPARATOR.join(map(str, ids))
    return MatrixFilter(**fields)
