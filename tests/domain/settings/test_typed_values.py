"""Values of settings as programs read them; no database is asked."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidValue
from app.domain.settings import DataType, typed
from app.domain.settings.strict_json import read_json

PADDING = " " * 400
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_long_document_is_read_strictly_once_and_fast_again():
    entries = [{"name": f"n{number}", "value": number * 1.5} for number in range(1_500)]
    text = json.dumps(entries)

    times = []
    for _ in range(3):
        started = time.process_time()
        assert typed(text, DataType.JSON) == entries
        times.append(time.process_time() - started)

    assert min(times[1:]) * 5 < times[0]


@settings(deadline=None, max_examples=60)
@given(DOCUMENTS, st.booleans())
def test_a_long_document_is_the_same_at_each_reading(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only) + PADDING

    first, again = (typed(text, DataType.JSON) for _ in range(2))

    assert repr(first) == repr(again) == repr(read_json(text))


@pytest.mark.parametrize("text", ["NaN", '{"a": 1, "a": 2}', "[1,]", "9" * 20])
def test_a_long_text_that_is_no_strict_json_is_refused_each_time(text):
    for _ in range(2):
        with pytest.raises(InvalidValue):
            typed(text + PADDING, DataType.JSON)


def test_what_is_no_json_is_told_without_a_place():
    with pytest.raises(InvalidValue, match=r"^Not valid JSON$"):
        typed('{"a": }', DataType.JSON)
