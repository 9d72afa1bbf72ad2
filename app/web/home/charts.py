"""Geometry of charts: numbers in, attributes of SVG elements out. Templates draw them.

Nothing is placed by a style attribute, which the Content-Security-Policy would block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEIGHT = 190
LEFT, FOOTER, HEADER = 28, 22, 8
BASELINE = HEIGHT - FOOTER
GAP = 1.0  # between the parts of a bar, whose colours have a similar lightness
LEAST = 2.0  # a small part stays visible
STEPS = 4
ROUND = (1, 2, 3, 4, 5, 6, 8, 10)
THOUSAND = 1000
MANY_BARS = 20
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 100.0, 32.0, 4.0


@dataclass(frozen=True)
class Bar:
    """One bar: a label for the axis, a sentence, a number for each series, and a link."""

    label: str
    title: str
    numbers: tuple[int, ...]
    url: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle: part of a bar, in the colour of its series."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Band:
    """The full height above a bar, where a pointer shows its sentence and follows its link."""

    x: float
    width: float
    title: str
    url: str


@dataclass(frozen=True)
class Mark:
    """A text on an axis; `position` is its x or its y, `anchor` is SVG's ``text-anchor``."""

    position: float
    text: str
    anchor: str = "end"


@dataclass(frozen=True)
class StackedBars:
    """A chart of bars, each a stack of parts."""

    width: int
    height: int
    left: int
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]
    lines: tuple[Mark, ...]
    labels: tuple[Mark, ...]


@dataclass(frozen=True)
class Spark:
    """A sparkline: the path of the line, and the path of the area below it."""

    line: str
    area: str


def stacked(bars: Sequence[Bar], *, width: int) -> StackedBars:
    """Return the geometry of a chart of bars, from left to right.

    Args:
        bars: At least one.
        width: The width of the drawing in its own units; the height is `HEIGHT`.
    """
    top = scale(max(sum(bar.numbers) for bar in bars))
    slot = (width - LEFT) / len(bars)
    margin = min(3.0, slot / 6)
    boxes = tuple(
        box
        for index, bar in enumerate(bars)
        for box in _stack(bar, LEFT + index * slot + margin, slot - 2 * margin, top)
    )
    return StackedBars(
        width=width,
        height=HEIGHT,
        left=LEFT,
        boxes=boxes,
        bands=tuple(
            Band(_short(LEFT + index * slot), _short(slot), bar.title, bar.url)
            for index, bar in enumerate(bars)
        ),
        lines=tuple(_lines(top)),
        labels=tuple(_labels(bars, slot, width)),
    )


def scale(highest: int) -> int:
    """Return the number at the top of an axis: round, a multiple of `STEPS`, not below ``highest``.

    The steps of the axis are then one of `ROUND` times a power of ten.
    """
    power = 1
    while 10 * power * STEPS < highest:
        power *= 10
    step = next(factor for factor in ROUND if factor * power * STEPS >= highest)
    return step * power * STEPS


def share(number: int, highest: int, *, whole: float = 100.0) -> float:
    """Return the length of a bar in a list; only 0 has no length."""
    if number <= 0 or highest <= 0:
        return 0.0
    return _short(max(whole * min(number / highest, 1.0), whole / 60))


def spark(numbers: Sequence[int]) -> Spark:
    """Return the geometry of a sparkline through at least two numbers; its bottom is zero."""
    highest = max(*numbers, 1)
    step = SPARK_WIDTH / (len(numbers) - 1)
    bottom = SPARK_HEIGHT - SPARK_MARGIN
    points = [
        (_short(index * step), _short(bottom - number / highest * (bottom - SPARK_MARGIN)))
        for index, number in enumerate(numbers)
    ]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    return Spark(line, f"{line}L{SPARK_WIDTH:g} {SPARK_HEIGHT:g}L0 {SPARK_HEIGHT:g}Z")


def _stack(bar: Bar, x: float, width: float, top: int) -> Iterator[Box]:
    bottom = float(BASELINE)
    for series, number in enumerate(bar.numbers):
        if number:
            height = max(number / top * (BASELINE - HEADER), LEAST + GAP)
            bottom -= height
            yield Box(series, _short(x), _short(bottom), _short(width), _short(height - GAP))


def _lines(top: int) -> Iterator[Mark]:
    for number in range(0, top + 1, top // STEPS):
        y = BASELINE - number / top * (BASELINE - HEADER)
        yield Mark(_short(y), _brief(number))


def _labels(bars: Sequence[Bar], slot: float, width: int) -> Iterator[Mark]:
    # Counted back from the last bar, which is today.
    interval = 7 if len(bars) > MANY_BARS else 4
    for index in range(len(bars) - 1, -1, -interval):
        if index == len(bars) - 1:
            yield Mark(width, bars[index].label)
        else:
            yield Mark(_short(LEFT + (index + 0.5) * slot), bars[index].label, "middle")


def _brief(number: int) -> str:
    return f"{number / THOUSAND:g}k" if number >= THOUSAND else str(number)


def _short(number: float) -> float:
    return round(number, 1)
