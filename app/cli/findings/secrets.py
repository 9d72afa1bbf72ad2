"""Findings of ``flask doctor`` about the stored values of secrets."""

from collections.abc import Iterator

from app.domain import settings
from app.domain.phrases import counted, listed
from app.domain.settings import SecretState
from app.extensions import db

NAMED = 5
ADVICE = {
    SecretState.IN_CLEAR: "stored in clear. Enter new values, or run:"
    " flask settings rotate-key --in-clear",
    SecretState.FORMER_KEY: "encrypted with a former key. Run: flask settings rotate-key",
    SecretState.UNREADABLE: "encrypted with a key that the console does not have, or damaged."
    " Enter new values, or name the key in SETTINGS_ENCRYPTION_KEY_FALLBACKS.",
    SecretState.UNCHECKED: "encrypted, and the console has no key to check that."
    " Set MASTER_ENCRYPTION_KEY to that of the backend.",
}


def secret_warnings() -> Iterator[str]:
    """Yield what is wrong with how secrets are stored."""
    states = settings.secret_states(db.session)
    for state, advice in ADVICE.items():
        if keys := [key for key, found in states.items() if found is state]:
            verb = "is" if len(keys) == 1 else "are"
            yield f"{counted(len(keys), 'secret')} ({listed(keys, NAMED)}) {verb} {advice}"
