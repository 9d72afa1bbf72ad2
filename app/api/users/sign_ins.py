"""The sign-ins of a user to the console, as far as they are known."""

from typing import Any

from app.api import bearer
from app.api.endpoint import endpoint
from app.api.schemas import FLAG, MAYBE_NUMBER, MAYBE_TIME, given
from app.api.users.accounts import ONE, READ
from app.domain import users
from app.domain.permissions import PermissionCode
from app.extensions import db

SIGN_INS = given(
    last_signed_in_at=MAYBE_TIME,
    failed_in_last_day={
        **MAYBE_NUMBER,
        "description": "Failed sign-ins of the last 24 hours; null without audit:read.",
    },
    has_password=FLAG,
    has_second_factor=FLAG,
    is_service_account=FLAG,
)


@endpoint("GET", f"{ONE}/sign-ins", needs=(READ,), gives=SIGN_INS)
def show(username: str) -> Any:
    """Tell when a user last signed in, by what, and how often it failed."""
    found = users.sign_ins(db.session, users.named(db.session, username).id)
    may_see_failures = bearer.caller().can(PermissionCode.AUDIT_READ)
    return {
        "last_signed_in_at": found.last_at and found.last_at.isoformat(),
        "failed_in_last_day": found.failures if may_see_failures else None,
        "has_password": found.user.has_password,
        "has_second_factor": found.has_second_factor,
        "is_service_account": found.is_service,
    }
