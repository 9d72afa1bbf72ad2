"""The users whom changes of roles affect, as far as the caller may see users."""

from typing import Any

from app.api import bearer
from app.api.schemas import NUMBER, TEXT, TEXTS, given
from app.domain.permissions import PermissionCode

PEOPLE = given(count=NUMBER, users=TEXTS)
IMPACT = given(role=TEXT, granted=TEXTS, revoked=TEXTS, gaining=PEOPLE, losing=PEOPLE)


def shown(impact: Any) -> dict[str, Any]:
    """Return the effects of a change of a role, with the names of the first users."""
    return {
        "role": impact.difference.name,
        "granted": list(impact.difference.gained),
        "revoked": list(impact.difference.lost),
        "gaining": _people(impact.gaining),
        "losing": _people(impact.losing),
    }


def _people(affected: Any) -> dict[str, Any]:
    may_see = bearer.caller().can(PermissionCode.USER_READ)
    names = [person.username for person in affected.first] if may_see else []
    return {"count": affected.count, "users": names}
