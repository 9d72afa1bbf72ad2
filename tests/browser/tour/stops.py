"""What a tour is made of: stops, each with the way there."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.guide import Guide

Way = Callable[[Guide], None]


@dataclass(frozen=True)
class Stop:
    """A page in one of its states.

    A stop is named by the endpoint of its page; what follows a colon is the state. Without a state
    it is the page as a link opens it.

    Attributes:
        way: How one gets there.
        words: What can be read there and nowhere else, where it takes more than an address.
    """

    way: Way
    words: str = ""


Stops = dict[str, Stop]


def page(path: str, words: str = "") -> Stop:
    """Return the stop at an address."""
    return Stop(lambda guide: guide.go(path), words)


def setting(key: str, beyond: str = "", words: str = "") -> Stop:
    """Return the stop at the page of a setting, or at one below it."""
    return Stop(lambda guide: guide.go(guide.setting(key) + beyond), words)


def user(name: str, beyond: str = "", words: str = "") -> Stop:
    """Return the stop at the page of a user, or at one below it."""
    return Stop(lambda guide: guide.go(guide.user(name) + beyond), words)


def role(name: str, beyond: str = "", words: str = "") -> Stop:
    """Return the stop at the page of a role, or at one below it."""
    return Stop(lambda guide: guide.go(guide.role(name) + beyond), words)
