"""Secret keys: long enough, and none that stands in a tutorial."""

import string

from app.config.environment import ConfigurationError

_LEAST_KEY_BYTES = 32
_LEAST_KEY_VARIETY = 8
_SEQUENCE = (string.digits + string.ascii_lowercase) * 3

# Letters and digits of keys that stand in tutorials and templates. The last is Flask's own example.
_WELL_KNOWN = (
    "changeme",
    "changethis",
    "changeinproduction",
    "secretkey",
    "supersecret",
    "yoursecret",
    "replaceme",
    "replacethis",
    "insecure",
    "password",
    "development",
    "defaultsecret",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
)


def check(key: str | None, name: str = "SECRET_KEY") -> None:
    """Refuse a key that is missing, short or guessable.

    Args:
        key: The key.
        name: The variable that it was read from.

    Raises:
        ConfigurationError: The sentence says which, and how to generate a key.
    """
    if key is None:
        raise ConfigurationError(
            f"{name} is not set: generate one, for example with openssl rand -base64 48."
        )
    if len(key.encode()) < _LEAST_KEY_BYTES:
        raise ConfigurationError(f"{name} must have at least {_LEAST_KEY_BYTES} bytes.")
    if _is_guessable(key):
        raise ConfigurationError(
            f"{name} is a well-known or regular text: generate one, "
            "for example with openssl rand -base64 48."
        )


def _is_guessable(key: str) -> bool:
    core = "".join(character for character in key.lower() if character.isalnum())
    is_repeated = key in (key + key)[1:-1]
    is_poor = len(set(key)) < _LEAST_KEY_VARIETY
    is_known = any(text in core for text in _WELL_KNOWN)
    return is_repeated or is_poor or is_known or core in _SEQUENCE
