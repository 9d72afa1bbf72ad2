"""Second factors of the people of the tests."""

from datetime import timedelta

import pyotp

from app.domain.authentication import second_factor, totp
from app.domain.authentication.second_factor import EnteredCode
from app.models import DbSession, User
from app.models.base import utcnow

STEP = timedelta(seconds=30)


def code_of(key: str, steps: int = 0) -> str:
    """Return the code of now, or the next one, which is right as well."""
    return pyotp.TOTP(key).at(utcnow() + steps * STEP)


def set_up(session: DbSession, user: User, secret: str) -> tuple[str, list[str]]:
    """Give a user a second factor, in force since ten minutes; return the key and the codes."""
    moment = utcnow() - 20 * STEP
    second_factor.begin(session, user.id, (secret,))
    session.flush()
    factor = second_factor.find(session, user.id)
    assert factor is not None
    key = totp.decrypted(factor.secret, (secret,))
    assert key is not None
    code = EnteredCode(pyotp.TOTP(key).at(moment), (secret,), moment)
    codes = second_factor.confirm(session, factor, code)
    assert codes is not None
    session.commit()
    return key, codes
