"""Sign-in: with a password, by a link, as the first administrator; and changes of passwords."""

from app.domain.sign_in.bcrypt_use import bcrypt_cost
from app.domain.sign_in.failures import note_failure
from app.domain.sign_in.first_administrator import (
    AlreadySetUp,
    check_setup_link,
    issue_setup_link,
    set_up,
)
from app.domain.sign_in.password_change import (
    LinkOutlived,
    PasswordChange,
    Registration,
    change_password,
    check_choice,
    choose_and_sign_in,
    choose_password,
    create_with_password,
    link_owner,
    new_hash,
    own_account,
    registration,
    unreadable_passwords,
    verify_change,
)
from app.domain.sign_in.sign_in import (
    Account,
    SignInFailed,
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
    "LinkOutlived",
    "PasswordChange",
    "Registration",
    "SignInFailed",
    "VerifiedPassword",
    "bcrypt_cost",
    "change_password",
    "check_choice",
    "check_setup_link",
    "choose_and_sign_in",
    "choose_password",
    "clear_throttle",
    "clear_throttle_of",
    "complete",
    "create_with_password",
    "find_account",
    "issue_setup_link",
    "link_owner",
    "new_hash",
    "note_failure",
    "own_account",
    "reauthenticate",
    "registration",
    "set_up",
    "unreadable_passwords",
    "verify",
    "verify_change",
]
