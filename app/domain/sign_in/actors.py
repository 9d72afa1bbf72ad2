"""The actor of what a visitor does in order to become a user who has signed in."""

from dataclasses import replace

from app.domain.actor import Actor, ActorKind
from app.models import User


def as_user(user: User, actor: Actor) -> Actor:
    """Return the visitor as the user whom they have turned out to be."""
    return replace(actor, kind=ActorKind.PERSON, id=user.id, name=user.username)
