"""The strength of new passwords: common, repetitive, sequential and personal ones are weak.

What NIST SP 800-63B (section 3.1.1.2) wants refused is found by zxcvbn, which estimates the guesses
that a password takes.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import import_module
from threading import Lock
from typing import Any

# The time grows with the square of the length: 0.1 s for the worst of these.
JUDGED = 40
MIN_SCORE = 3
MIN_SCORE_WITHOUT_NAMES = 2
SERVICE = ("rag", "fortress", "console", "rag fortress", "ragfortress")
MIN_WORD, MOST_WORDS = 3, 30
COMMON = "is a common one, or close to a common one"
PERSONAL = "is made of your own name or address, or of the name of this service"
_REASONS = {
    "repeat": "repeats itself",
    "sequence": "is a sequence of characters",
    "spatial": "is a row of keys of the keyboard",
    "date": "is a date",
    "bruteforce": "is too easily guessed",
}
_WORD = re.compile(r"[^\W_]+")
# zxcvbn tries each combination of symbols that stand for letters: with many of them for seconds.
_SYMBOLS = frozenset("@({[<!|$+%")
_MOST_SYMBOLS = 3
_AS_LETTERS = str.maketrans("@({[<!|$+%", "accccilstx")
_AS_KEYS = str.maketrans("!@#$%^&*()_+{}|<", "1234567890-=[]\\,")
# zxcvbn keeps the words of a call where every thread reads them.
_LOCK = Lock()


def weakness(password: str, names: Iterable[str]) -> str | None:
    """Return why a password is easily guessed, as the end of a sentence; None if it is not.

    Args:
        password: The new password.
        names: The names and addresses of its owner.
    """
    text = unicodedata.normalize("NFKC", password)[:JUDGED]
    words = [*SERVICE, *_words(names)]
    readings = [text]
    if len(_SYMBOLS & set(text)) > _MOST_SYMBOLS:
        readings = [text.translate(_AS_LETTERS), text.translate(_AS_KEYS)]
    return next(filter(None, (_weakness(reading, words) for reading in readings)), None)


def _words(names: Iterable[str]) -> Sequence[str]:
    found = [word for name in names for word in (name[:JUDGED], *_WORD.findall(name[:JUDGED]))]
    return [word for word in dict.fromkeys(found) if len(word) >= MIN_WORD][:MOST_WORDS]


def _weakness(text: str, words: Sequence[str]) -> str | None:
    judged = _judged(text, words)
    others = [match for match in judged["sequence"] if not _is_personal(match)]
    if len(others) < len(judged["sequence"]):
        rest = "".join(match["token"] for match in others)
        if not rest or _judged(rest, words)["score"] < MIN_SCORE_WITHOUT_NAMES:
            return PERSONAL
    if judged["score"] >= MIN_SCORE:
        return None
    longest = max(judged["sequence"], key=lambda match: len(match["token"]))
    return _REASONS.get(longest["pattern"], COMMON)


def _judged(text: str, words: Sequence[str]) -> dict[str, Any]:
    library = import_module("zxcvbn")  # Its lists of words take 14 MiB.
    with _LOCK:
        found: dict[str, Any] = library.zxcvbn(text, words)
    return found


def _is_personal(match: dict[str, Any]) -> bool:
    """Tell whether a part of a password is a word of its owner or of the service, or repeats it."""
    parts = match["base_matches"] if match["pattern"] == "repeat" else [match]
    return any(part.get("dictionary_name") == "user_inputs" for part in parts)
