"""Who a command acts as."""

import os
import pwd

from app.domain.actor import Actor, ActorKind


def current_actor() -> Actor:
    """Return the user of this machine who runs the command.

    Asked of the system and not of the environment, in which anybody can write another name.
    """
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # containers run as users that have no name
        name = str(uid)
    return Actor(ActorKind.COMMAND, f"os:{name}")
