"""The contact for whoever finds a weakness, as ``security.txt`` publishes it (RFC 9116)."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from app.config.environment import ConfigurationError, Variables

CONTACT, EXPIRES = "SECURITY_CONTACT", "SECURITY_CONTACT_EXPIRES"
_URI = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+?[0-9-]+)")


class SecurityContact(NamedTuple):
    """The contacts, as URIs, the preferred one first, and the moment up to which they are good."""

    uris: tuple[str, ...]
    expires: datetime

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the contacts must not be used any more (RFC 9116, section 2.5.5)."""
        return now >= self.expires


def security_contact(variables: Variables) -> SecurityContact | None:
    """Return the contact; None where there is none.

    Raises:
        ConfigurationError: A contact is no URI, or the day is missing or no day.
    """
    uris = tuple(part.strip() for part in variables.text(CONTACT).split(",") if part.strip())
    day = variables.text(EXPIRES)
    if not uris and not day:
        return None
    if not uris or not all(map(_URI.fullmatch, uris)):
        raise ConfigurationError(
            f"{CONTACT} must be addresses with commas between them, such as"
            " mailto:security@example.org or https://example.org/security."
        )
    try:
        expires = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ConfigurationError(
            f"{EXPIRES} must be the day up to which {CONTACT} is good, such as 2027-06-30."
        ) from None
    return SecurityContact(uris, expires)
