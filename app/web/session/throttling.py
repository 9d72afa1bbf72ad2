"""The throttle as pages use it: attempts of this browser are charged, or refused with 429.

A page that asks for a password or a code builds the attempt, charges it before it looks at what was
entered, and gives the budget back in the unit of work that succeeds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from flask import after_this_request, current_app
from werkzeug.wrappers import Response

from app import config, unit_of_work
from app.domain.authentication import hashing, throttle
from app.domain.authentication.budgets import Attempt
from app.domain.authentication.throttle import TooManyAttempts
from app.domain.sign_in import Account
from app.extensions import db
from app.http.requests import client_address
from app.web.session import device_cookie, identity


def attempt_at(account: Account | None, name: str = "") -> Attempt:
    """Return the attempt of this request.

    Args:
        account: The account; None if nobody has the name.
        name: The name as entered; by default, the user name of the account.
    """
    device = device_cookie.device_of(account.id) if account else None
    is_known = account and (device or not name)
    return Attempt(account.username if account and is_known else name, client_address(), device)


def charge(attempt: Attempt) -> None:
    """Draw on the budgets of an attempt at a code.

    Raises:
        TooManyAttempts: A budget is used up; the response gets Retry-After.
    """
    _refuse_flood(attempt)
    _charge(attempt)


@contextmanager
def charged(attempt: Attempt) -> Iterator[None]:
    """Draw on the budgets of an attempt at a password, which is verified inside.

    An attempt is charged when it is its turn: whoever is sent away for lack of capacity loses
    nothing.

    Raises:
        TooManyAttempts: A budget is used up; the response gets Retry-After.
        Overloaded: Too many passwords are being verified in this process.
    """
    _refuse_flood(attempt)
    with hashing.turn():
        _charge(attempt)
        yield


def give_back(attempt: Attempt) -> None:
    """Fill the budgets of an attempt that succeeds, in the running unit of work."""
    limits = config.current().sign_in_limits
    throttle.give_back(db.session, attempt, limits, secret=identity.secret())


def give_back_shared(attempt: Attempt) -> None:
    """Give an attempt with the right password back to the network, before its code."""
    limits = config.current().sign_in_limits
    throttle.give_back_shared(db.session, attempt, limits, secret=identity.secret())


def _refuse_flood(attempt: Attempt) -> None:
    limits, secret = config.current().sign_in_limits, identity.secret()
    ask = partial(throttle.longest_wait, db.session, attempt, limits, secret=secret)
    _demand(unit_of_work.read(ask))


def _charge(attempt: Attempt) -> None:
    limits, secret = config.current().sign_in_limits, identity.secret()
    work = partial(throttle.charge, db.session, attempt, limits, secret=secret)
    limiter, actor = unit_of_work.SIGN_INS, identity.current_actor()
    with unit_of_work.repeatable():
        seconds = unit_of_work.carry_out(work, actor=actor, limiter=limiter)
    if seconds:
        current_app.logger.warning("Too many attempts to sign in.")
    _demand(seconds)


def _demand(seconds: int) -> None:
    if seconds:
        after_this_request(partial(_add_retry_after, seconds))
        raise TooManyAttempts(seconds)


def _add_retry_after(seconds: int, response: Response) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response
