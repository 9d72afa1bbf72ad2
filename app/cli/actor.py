"""The actor of a command."""

import os
import pwd

from app.domain.actor import COMMAND_PREFIX, Actor, ActorKind


def current_actor() -> Actor:
    """Return the user of this machine who runs the command.

    Read from the system and not from the environment, where anyone can set another name.
    """
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # containers run as users without a name
        name = str(uid)
    return Actor(ActorKind.COMMAND, f"{COMMAND_PREFIX}{name}")
