"""The difference between two values, line by line, as a review shows it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from app.domain.settings import note_of_ends

SHORT = 60
CONTEXT = 3
# Comparing every line with every other takes the square of their number.
MOST_COMPARED = 90_000
MOST_SHOWN = 2_000

Part = tuple[bool, str]
Opcode = tuple[str, int, int, int, int]
Line = tuple[str, str, list[Part]]


@dataclass(frozen=True)
class Comparison:
    """A change as a review shows it.

    Attributes:
        before: The value that is stored; None for "not set".
        after: The value that is to be stored.
        lines: The lines as `components/change.html` takes them; empty where from and to say it all.
        is_too_long: Whether too many lines differ to be shown one by one.
    """

    before: str | None
    after: str | None
    lines: list[Line]
    is_too_long: bool = False

    @property
    def note(self) -> str:
        """A note on an end of the new value that cannot be seen."""
        return note_of_ends(self.after)


def compare(before: str | None, after: str | None) -> Comparison:
    """Compare two values; only where one is long, line by line, and not where too much differs."""
    is_short = all(len(text) <= SHORT and "\n" not in text for text in (before or "", after or ""))
    if is_short:
        return Comparison(before, after, [])
    old, new = _split(before), _split(after)
    changes = _changes(old, new)
    if _extent(changes) > MOST_SHOWN:
        return Comparison(before, after, [], is_too_long=True)
    return Comparison(before, after, _folded(list(_lines(old, new, changes))))


def _extent(changes: Sequence[Opcode]) -> int:
    """Count the lines that differ."""
    return sum(
        max(end - start, new_end - new_start)
        for tag, start, end, new_start, new_end in changes
        if tag != "equal"
    )


def _split(text: str | None) -> list[str]:
    return text.split("\n") if text else []


def _lines(old: Sequence[str], new: Sequence[str], changes: Sequence[Opcode]) -> Iterator[Line]:
    for tag, start, end, new_start, new_end in changes:
        if tag == "equal":
            yield from _whole("", new[new_start:new_end], new_start)
            continue
        taken, put = old[start:end], new[new_start:new_end]
        if len(taken) == len(put):
            marked = [_marked(one, other) for one, other in zip(taken, put, strict=True)]
            yield from (("-", str(start + at), pair[0]) for at, pair in enumerate(marked, 1))
            yield from (("+", str(new_start + at), pair[1]) for at, pair in enumerate(marked, 1))
        else:
            yield from _whole("-", taken, start)
            yield from _whole("+", put, new_start)


def _changes(old: Sequence[str], new: Sequence[str]) -> Sequence[Opcode]:
    if len(old) * len(new) <= MOST_COMPARED:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    head, tail = _alike(old, new)
    old_end, new_end = len(old) - tail, len(new) - tail
    return [
        ("equal", 0, head, 0, head),
        ("replace", head, old_end, head, new_end),
        ("equal", old_end, len(old), new_end, len(new)),
    ]


def _whole(sign: str, lines: Sequence[str], start: int) -> Iterator[Line]:
    return ((sign, str(start + at), [(False, line)]) for at, line in enumerate(lines, 1))


def _marked(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """Mark what stands between the common beginning and the common end of two lines."""
    head, tail = _alike(old, new)
    return _parts(old, head, len(old) - tail), _parts(new, head, len(new) - tail)


def _alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Count what two sequences have in common at the beginning, and then at the end."""
    head = _in_common(zip(old, new, strict=False))
    return head, _in_common(zip(reversed(old[head:]), reversed(new[head:]), strict=False))


def _in_common(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _parts(line: str, start: int, end: int) -> list[Part]:
    parts = [(False, line[:start]), (True, line[start:end]), (False, line[end:])]
    return [part for part in parts if part[1]]


def _folded(lines: Sequence[Line]) -> list[Line]:
    """Leave out what is the same and far from any change."""
    changed = [at for at, line in enumerate(lines) if line[0]]
    near = {at + by for at in changed for by in range(-CONTEXT, CONTEXT + 1)}
    folded: list[Line] = []
    for at, line in enumerate(lines):
        if at in near:
            folded.append(line)
        elif not folded or folded[-1][1]:
            folded.append(("", "", [(False, "…")]))
    return folded
