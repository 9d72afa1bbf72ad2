"""Users chosen by a list of names, of which some are misspelt or belong to several users."""

from collections.abc import Iterable
from typing import Any

from app.api.endpoint import endpoint, reviewed
from app.api.schemas import PEOPLE, TEXT, given, taken
from app.api.users.accounts import READ, UPDATE
from app.domain import users
from app.domain.permissions import PermissionCode
from app.domain.users import ListedPerson
from app.models.spelling import shown_address

MISSING = given(name=TEXT, nearest=PEOPLE)
AMBIGUOUS = given(name=TEXT, users=PEOPLE)


@endpoint(
    "POST",
    "/chosen-users",
    read=READ,
    needs=(PermissionCode.ROLE_ASSIGN, UPDATE),
    gives=given(
        found=PEOPLE,
        ambiguous={"type": "array", "items": AMBIGUOUS},
        missing={"type": "array", "items": MISSING},
    ),
    takes=taken("names", names=TEXT),
)
def choose(body: dict[str, Any]) -> Any:
    """Find the users whom a list names, by user name, email address or full name."""
    found = reviewed(users.look_up, body["names"])
    return {
        "found": _shown(found.found),
        "ambiguous": [
            {"name": name.text, "users": _shown(name.people)} for name in found.ambiguous
        ],
        "missing": [{"name": name.text, "nearest": _shown(name.people)} for name in found.missing],
    }


def _shown(people: Iterable[ListedPerson]) -> list[dict[str, Any]]:
    return [
        {
            "username": person.username,
            "email": shown_address(person.email),
            "full_name": person.full_name,
            "is_active": person.is_active,
        }
        for person in people
    ]
