"""The geometry of charts, from numbers alone."""

import pytest

from app.web.home import charts
from app.web.home.charts import Bar

PLOT = charts.BASELINE - charts.HEADER


def bars(*numbers):
    return [Bar(f"day {index}", f"title {index}", each) for index, each in enumerate(numbers)]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (1, 4), (4, 4), (5, 8), (13, 16), (17, 20), (33, 40), (41, 80), (9_999, 12_000)],
)
def test_an_axis_ends_at_a_round_figure(highest, top):
    assert charts.scale(highest) == top


@pytest.mark.parametrize("highest", [7, 99, 12_345, 6_000_000])
def test_an_axis_has_room_for_the_highest_figure_and_whole_steps(highest):
    top = charts.scale(highest)

    assert highest <= top <= 2.5 * highest
    assert top % charts.STEPS == 0


def test_the_parts_of_a_bar_stand_on_each_other_with_a_gap():
    drawn = charts.stacked(bars((8, 4, 4)), width=128)

    foot, middle, head = drawn.boxes
    assert [box.series for box in drawn.boxes] == [0, 1, 2]
    assert foot.y + foot.height == charts.BASELINE - charts.GAP
    assert middle.y + middle.height == pytest.approx(foot.y - charts.GAP)
    assert head.y == charts.HEADER


def test_a_part_is_as_high_as_its_figure():
    drawn = charts.stacked(bars((8,), (16,)), width=228)

    low, high = drawn.boxes
    assert low.height + charts.GAP == PLOT / 2
    assert high.height + charts.GAP == PLOT


def test_nothing_is_not_drawn_but_one_among_thousands_is_seen():
    drawn = charts.stacked(bars((0, 1, 0), (10_000, 0, 0)), width=228)

    small = drawn.boxes[0]
    assert [box.series for box in drawn.boxes] == [1, 0]
    assert small.height >= charts.LEAST


@pytest.mark.parametrize(("number", "width"), [(30, 720), (14, 300), (1, 100)])
def test_everything_is_within_the_drawing(number, width):
    drawn = charts.stacked(bars(*[(number, 2 * number, 1)] * number), width=width)

    assert all(charts.LEFT <= box.x < box.x + box.width <= width for box in drawn.boxes)
    assert all(0 <= box.y < box.y + box.height <= charts.BASELINE for box in drawn.boxes)
    assert len(drawn.bands) == number
    assert all(charts.LEFT <= mark.position <= width for mark in drawn.labels)


@pytest.mark.parametrize(("number", "labels"), [(30, [29, 22, 15, 8, 1]), (14, [13, 9, 5, 1])])
def test_the_last_day_is_named_and_others_at_equal_distances(number, labels):
    drawn = charts.stacked(bars(*[(1,)] * number), width=720)

    assert [mark.text for mark in drawn.labels] == [f"day {label}" for label in labels]
    assert [mark.anchor for mark in drawn.labels] == ["end"] + ["middle"] * (len(labels) - 1)


def test_the_lines_are_named_by_their_numbers():
    drawn = charts.stacked(bars((13,)), width=100)
    many = charts.stacked(bars((11_000,)), width=100)

    assert [line.text for line in drawn.lines] == ["0", "4", "8", "12", "16"]
    assert drawn.lines[0].position == charts.BASELINE
    assert drawn.lines[-1].position == charts.HEADER
    assert [line.text for line in many.lines] == ["0", "3k", "6k", "9k", "12k"]


@pytest.mark.parametrize(
    ("figure", "highest", "length"),
    [(5, 10, 50.0), (10, 10, 100.0), (0, 10, 0.0), (0, 0, 0.0), (1, 10_001, 1.7), (12, 10, 100.0)],
)
def test_a_bar_of_a_list_is_a_share_of_the_longest(figure, highest, length):
    assert charts.share(figure, highest) == length


def test_a_small_line_rises_with_its_numbers():
    drawn = charts.spark([0, 2, 1])

    assert drawn.line == "M0 28L50 4L100 16"
    assert drawn.area == "M0 28L50 4L100 16L100 32L0 32Z"
    assert charts.spark([0, 0]).line == "M0 28L100 28"
