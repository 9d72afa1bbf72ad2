"""Findings about secrets, by how their values are stored."""

from collections.abc import Iterator, Sequence

from app.domain.overview.finding import Finding, Severity, Topic
from app.domain.phrases import counted, listed
from app.domain.settings import SecretState, SettingLine

# Severity, topic, what one and several secrets do, and the cause with the names.
_OF_STATES = {
    SecretState.UNREADABLE: (
        Severity.BAD,
        Topic.UNREADABLE_SECRETS,
        ("secret cannot be decrypted", "secrets cannot be decrypted"),
        (
            "Another key has encrypted {}, or the values are damaged. Enter new values, or name the"
            " key in SETTINGS_ENCRYPTION_KEY_FALLBACKS."
        ),
    ),
    SecretState.IN_CLEAR: (
        Severity.WARN,
        Topic.SECRETS_IN_CLEAR,
        ("secret is stored in clear", "secrets are stored in clear"),
        (
            "Anyone who can read the database can read {}. Enter new values, or run:"
            " flask settings rotate-key --in-clear"
        ),
    ),
    SecretState.UNCHECKED: (
        Severity.WARN,
        Topic.UNCHECKED_SECRETS,
        ("secret cannot be checked or changed", "secrets cannot be checked or changed"),
        "The console has no key for {}. Set MASTER_ENCRYPTION_KEY to that of the backend.",
    ),
    SecretState.FORMER_KEY: (
        Severity.INFO,
        Topic.FORMER_KEYS,
        ("secret is encrypted with a former key", "secrets are encrypted with a former key"),
        "This concerns {}. Run: flask settings rotate-key",
    ),
}


def of(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    """Yield what is wrong with how secrets are stored; their values are not told."""
    for state, (severity, topic, (one, many), cause) in _OF_STATES.items():
        concerned = [line for line in lines if line.secret_state is state]
        if concerned:
            title = counted(len(concerned), one, many)
            names = listed([line.key for line in concerned])
            target = concerned[0].id if len(concerned) == 1 else None
            yield Finding(severity, topic, title, cause.format(names), target)
