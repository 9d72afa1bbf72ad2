"""The actor: the user or program that makes a change."""

from dataclasses import dataclass
from enum import StrEnum

COMMAND_PREFIX = "os:"
VISITOR = "visitor"
# The record names actors so that are no users.
OUTSIDE_NAME = "somebody outside the console"
_RESERVED = frozenset({VISITOR, OUTSIDE_NAME, "system", "console"})


class ActorKind(StrEnum):
    """The kind of an actor, which decides whether rules check permissions."""

    PERSON = "person"
    PROGRAM = "token"
    COMMAND = "command"
    VISITOR = "visitor"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Actor:
    """The person, token, visitor or command behind a change, as the audit event names it.

    Attributes:
        kind: A person who has signed in, a program with a token of theirs, a visitor with a link,
            a command of the server, or another program that wrote to the database.
        name: The user name, of a token that of its owner; ``os:<user>`` for a command.
        id: The user's id, where there is one.
        session_id: The session the request came with, or the token.
        scopes: The permissions that a token is limited to; None for no limit.
        address: The client's address.
        request_id: The request, as logs and error pages name it.
    """

    kind: ActorKind
    name: str
    id: int | None = None
    session_id: int | None = None
    address: str | None = None
    request_id: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def is_command(self) -> bool:
        """Tell whether this is a command, which holds every permission."""
        return self.kind is ActorKind.COMMAND


# Whoever wrote to the database past the console.
OUTSIDE = Actor(ActorKind.OUTSIDE, OUTSIDE_NAME)


def is_reserved(name: str) -> bool:
    """Tell whether the record uses a name, in its normal form, for actors that are no users."""
    return name in _RESERVED or name.startswith(COMMAND_PREFIX)
