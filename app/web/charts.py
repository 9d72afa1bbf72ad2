"""Charts as geometry: figures go in, the attributes of SVG elements come out. Templates draw.

Nothing is placed by a style, which the Content-Security-Policy would refuse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEIGHT = 190
LEFT, FOOT, HEAD = 28, 22, 8
BASELINE = HEIGHT - FOOT
GAP = 1.0  # between the parts of a bar, which are close to each other in lightness
LEAST = 2.0  # what is there at all is seen
STEPS = 4
ROUND = (1, 2, 3, 4, 5, 6, 8, 10)
THOUSAND = 1000
MANY_BARS = 20
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 100.0, 32.0, 4.0


@dataclass(frozen=True)
class Bar:
    """What one bar shows: a label for the axis, a sentence, and a figure for each series."""

    label: str
    title: str
    figures: tuple[int, ...]


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
    """The whole height above one bar's place, where a pointer finds what the bar says."""

    x: float
    width: float
    title: str


@dataclass(frozen=True)
class Mark:
    """A text on an axis; `place` is its x or its y, `anchor` SVG's ``text-anchor``."""

    place: float
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
    """A small line: the path of the line, and that of the area below it."""

    line: str
    area: str


def stacked(bars: Sequence[Bar], *, width: int) -> StackedBars:
    """Return the geometry of a chart of bars, from left to right.

    Args:
        bars: At least one.
        width: How wide the drawing is, in its own units; the height is `HEIGHT`.
    """
    top = scale(max(sum(bar.figures) for bar in bars))
    slot = (width - LEFT) / len(bars)
    margin = min(3.0, slot / 6)
    boxes = tuple(
        box
        for number, bar in enumerate(bars)
        for box in _stack(bar, LEFT + number * slot + margin, slot - 2 * margin, top)
    )
    return StackedBars(
        width=width,
        height=HEIGHT,
        left=LEFT,
        boxes=boxes,
        bands=tuple(
            Band(_short(LEFT + number * slot), _short(slot), bar.title)
            for number, bar in enumerate(bars)
        ),
        lines=tuple(_lines(top)),
        labels=tuple(_labels(bars, slot, width)),
    )


def scale(highest: int) -> int:
    """Return the figure at the top of an axis: round, a multiple of `STEPS`, not below ``highest``.

    The steps of the axis are then one of `ROUND` times a power of ten.
    """
    power = 1
    while 10 * power * STEPS < highest:
        power *= 10
    step = next(factor for factor in ROUND if factor * power * STEPS >= highest)
    return step * power * STEPS


def share(figure: int, highest: int, *, whole: float = 100.0) -> float:
    """Return the length of a bar in a list; what is not nothing is seen."""
    if figure <= 0 or highest <= 0:
        return 0.0
    return _short(max(whole * min(figure / highest, 1.0), whole / 60))


def spark(figures: Sequence[int]) -> Spark:
    """Return the geometry of a small line over at least two figures; its foot is nothing."""
    highest = max(*figures, 1)
    step = SPARK_WIDTH / (len(figures) - 1)
    foot = SPARK_HEIGHT - SPARK_MARGIN
    points = [
        (_short(number * step), _short(foot - figure / highest * (foot - SPARK_MARGIN)))
        for number, figure in enumerate(figures)
    ]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    return Spark(line, f"{line}L{SPARK_WIDTH:g} {SPARK_HEIGHT:g}L0 {SPARK_HEIGHT:g}Z")


def _stack(bar: Bar, x: float, width: float, top: int) -> Iterator[Box]:
    foot = float(BASELINE)
    for series, figure in enumerate(bar.figures):
        if figure:
            tall = max(figure / top * (BASELINE - HEAD), LEAST + GAP)
            head = foot - tall
            yield Box(series, _short(x), _short(head), _short(width), _short(tall - GAP))
            foot = head


def _lines(top: int) -> Iterator[Mark]:
    for figure in range(0, top + 1, top // STEPS):
        y = BASELINE - figure / top * (BASELINE - HEAD)
        yield Mark(_short(y), _brief(figure))


def _labels(bars: Sequence[Bar], slot: float, width: int) -> Iterator[Mark]:
    # Counted back from the last bar, which is today.
    every = 7 if len(bars) > MANY_BARS else 4
    for number in range(len(bars) - 1, -1, -every):
        if number == len(bars) - 1:
            yield Mark(width, bars[number].label)
        else:
            yield Mark(_short(LEFT + (number + 0.5) * slot), bars[number].label, "middle")


def _brief(figure: int) -> str:
    return f"{figure / THOUSAND:g}k" if figure >= THOUSAND else str(figure)


def _short(number: float) -> float:
    return round(number, 1)
