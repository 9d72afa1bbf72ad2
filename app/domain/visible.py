"""Names for what cannot be seen: white space at the ends of a text, and invisible characters."""

import re
from itertools import takewhile
from unicodedata import name as name_of

from app.domain.text import shortened

LINE_BREAK = "⟨line break⟩"

_NAMES = {
    " ": "space",
    "\n": "line break",
    "\t": "tab",
    "\u00a0": "no-break space",
    "\u200b": "zero-width space",
    "\ufeff": "byte order mark",
}
# Joiners are part of words and of emoji between letters that are not ASCII.
_INVISIBLE = (
    r"[\x0b\x0c\x1c-\x1f\x85\xa0\xad\u034f\u061c\u115f\u1160\u1680\u180b-\u180e\u2000-\u200b"
    r"\u200e\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]"
    r"|(?<![^\x00-\x7f\s])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f\s])"
)
_IN_LINES = re.compile(_INVISIBLE)
_IN_A_LINE = re.compile(rf"\t|{_INVISIBLE}")
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_INNER_LINE_BREAKS = re.compile(r"(?<!\A)\n++(?!\Z)")

Part = tuple[bool, str]


def parts(text: str) -> list[Part]:
    """Return the pieces of a value, and the names of what cannot be seen, which are marked True."""
    bare = text.strip()
    begin = text.find(bare)
    inner = _split(bare, _IN_LINES if "\n" in bare else _IN_A_LINE)
    return [*_names(text[:begin]), *inner, *_names(text[begin + len(bare) :])]


def parts_of_line(text: str, *, is_last: bool) -> list[Part]:
    """Return the pieces of a line in a difference, where white space has a colour.

    Args:
        text: A part of the line.
        is_last: Whether the line ends with it.
    """
    bare = text.rstrip() if is_last else text
    return [*_split(bare, _IN_LINES), *_names(text[len(bare) :])]


def visible(text: str) -> str:
    """Return the text with the names in brackets: "a⟨space⟩"."""
    return "".join(f"⟨{part}⟩" if is_name else part for is_name, part in parts(text))


def brief(text: str, limit: int) -> str:
    """Return the text on one line, cut off where it is long; white space that matters stays."""
    return _around(text, 0, limit) if _is_marked(text) else shortened(text, limit)


def pair(before: str, after: str, limit: int) -> tuple[str, str]:
    """Return two texts on one line each, so that their first difference is in both."""
    short = shortened(before, limit), shortened(after, limit)
    if short[0] != short[1] and not (_is_marked(before) or _is_marked(after)):
        return short
    if before == after:
        return brief(before, limit), brief(after, limit)
    alike = takewhile(lambda two: two[0] == two[1], zip(before, after, strict=False))
    at = sum(1 for _ in alike)
    return _around(before, at, limit), _around(after, at, limit)


def ends(text: str) -> str:
    """Say with what a text of one line begins or ends that cannot be seen; "" if with nothing."""
    found = parts(text)
    if not text or "\n" in text or not (found[0][0] or found[-1][0]):
        return ""
    said = [f"begins with {_with_article(found[0][1])}"] if found[0][0] else []
    if found[-1][0] and len(found) > 1:
        said.append(f"ends with {_with_article(found[-1][1])}")
    return " and ".join(said)


def _is_marked(text: str) -> bool:
    return any(is_name for is_name, _ in parts(text))


def _split(text: str, pattern: re.Pattern[str]) -> list[Part]:
    found: list[Part] = []
    end = 0
    for match in pattern.finditer(text):
        found += [(False, text[end : match.start()])] if match.start() > end else []
        found += _names(match.group())
        end = match.end()
    return [*found, (False, text[end:])] if text[end:] else found


def _names(text: str) -> list[Part]:
    return [(True, _named(run[0])) for run in _RUN.finditer(text)]


def _named(run: str) -> str:
    character = run[0]
    code = f"U+{ord(character):04X}"
    name = _NAMES.get(character) or name_of(character, "").lower() or code
    return name if len(run) == 1 else f"{len(run)} {name}s"


def _around(text: str, at: int, limit: int) -> str:
    """Return what is around a place in the text, on one line."""
    start = max(0, at - limit // 3) if len(text) > limit else 0
    end = start + limit
    middle = LINE_BREAK if text[at : at + 1] == "\n" and at else text[at : at + 1]
    cut = f"{text[start:at]}{middle}{text[at + 1 : end]}"
    flat = _INNER_LINE_BREAKS.sub(" ", cut)
    return f"{'…' if start else ''}{flat}{'…' if end < len(text) else ''}"


def _with_article(name: str) -> str:
    return name if name[0].isdigit() else f"a {name}"
