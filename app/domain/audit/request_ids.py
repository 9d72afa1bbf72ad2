"""Request IDs of events, found by their beginnings, as lists show them."""

from sqlalchemy import func, select

from app.domain.errors import InvalidValue
from app.domain.text import is_name
from app.models import AuditEvent, DbSession

BEGINNING, MOST = 8, 20
# No ID, in hexadecimal digits, is sorted after its beginning with this, in any collation.
LAST = "z"


def beginning_with(session: DbSession, text: str) -> tuple[str, ...]:
    """Return the request IDs that begin with a text; itself alone if it is short or none does.

    Raises:
        InvalidValue: There are too many.
    """
    if len(text) < BEGINNING or not is_name(text):
        return (text,)
    column = AuditEvent.request_id
    is_so = func.substr(column, 1, len(text)) == text
    query = select(column).where(column >= text, column <= text + LAST, is_so).distinct()
    found = [one for one in session.scalars(query.order_by(column).limit(MOST + 1)) if one]
    if len(found) > MOST:
        message = f"More than {MOST} request IDs begin with {text}. Enter more of it."
        raise InvalidValue(message, field="request")
    return tuple(found) or (text,)
