"""Sign-in: with a password, by a link, as the first administrator; and changes of passwords."""

from app.domain.sign_in.bcrypt_use import bcrypt_cost
from app.domain.sign_in.failures import note_failure
from app.domain.sign_in.first_administrator import (
    AlreadySetUp,
    check_setup_link,
    issue_setup_link,
    set_up,
)
from app.domain.sign_in.own_factor import (
    FactorState,
    OwnFactor,
    begin_factor,
    confirm_factor,
    own_factor,
    remove_factor,
    renew_recovery_codes,
    reset_factor,
    unreadable_factors,
)
from app.domain.sign_in.password_change import (
    PasswordChange,
    Registration,
    change_password,
    check_choice,
    create_with_password,
    new_hash,
    own_account,
    registration,
    unreadable_passwords,
    verify_change,
)
from app.domain.sign_in.password_link import (
    LinkOutlived,
    choose_and_sign_in,
    choose_password,
    link_owner,
)
from app.domain.sign_in.second_step import HalfSignedIn, SignInFailed, WrongCode, finish
from app.domain.sign_in.sign_in import (
    Account,
    VerifiedPassword,
    complete,
    find_account,
    reauthenticate,
    verify,
)
from app.domain.sign_in.throttle_clearing import clear_throttle, clear_throttle_of

__all__ = [
    "Account",
    "AlreadySetUp",
    "FactorState",
    "HalfSignedIn",
    "LinkOutlived",
    "OwnFactor",
    "PasswordChange",
    "Registration",
    "SignInFailed",
    "VerifiedPassword",
    "WrongCode",
    "bcrypt_cost",
    "begin_factor",
    "change_password",
    "check_choice",
    "check_setup_link",
    "choose_and_sign_in",
    "choose_password",
    "clear_throttle",
    "clear_throttle_of",
    "complete",
    "confirm_factor",
    "create_with_password",
    "find_account",
    "finish",
    "issue_setup_link",
    "link_owner",
    "new_hash",
    "note_failure",
    "own_account",
    "own_factor",
    "reauthenticate",
    "registration",
    "remove_factor",
    "renew_recovery_codes",
    "reset_factor",
    "set_up",
    "unreadable_factors",
    "unreadable_passwords",
    "verify",
    "verify_change",
]
