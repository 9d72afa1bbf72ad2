"""JSON, strictly: agrees with json.loads where that is right, and says where a mistake is."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.settings import NotJson, read_json

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
TOKENS = [*'{}[],:"\\1-0x\n \x00', "'", '"a"', ".5", "e3", "true", "null", "NaN", "\\ud800"]
NEARLY_JSON = st.lists(st.sampled_from(TOKENS), max_size=14).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        ' {"a": [1, 2.5, -0, 1e3, true, false, null, "x"]}\n',
        '"\\u0041\\n\\"\\ud83d\\ude00/\\/"',
        "9223372036854775807",
        "-9223372036854775808",
        "[" * 32 + "]" * 32,
        '{"a": {"a": 1}, "b": {"a": 2}}',
        '{"": 1, " ": 2}',
        "1e-400",
    ],
)
def test_json_is_read_as_python_reads_it(text):
    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", "line 1, column 1", "a value is missing at the end"),
        ("[1,\n  2,\n]", "line 3, column 1", "the comma before “]” is one too many"),
        ('{"a": 1,}', "line 1, column 9", "the comma before “}” is one too many"),
        ("[1 2]", "line 1, column 4", "a comma or “]” is missing"),
        ('{"a": 1 "b": 2}', "line 1, column 9", "a comma or “}” is missing"),
        ("[1", "line 1, column 3", "a comma or “]” is missing"),
        ("[,]", "line 1, column 2", "a value is missing before “,”"),
        ('{"a" 1}', "line 1, column 6", "a colon after the name is missing"),
        ("{a: 1}", "line 1, column 2", "a name in double quotes is missing"),
        ("{'a': 1}", "line 1, column 2", "a name in double quotes is missing"),
        ("['a']", "line 1, column 2", "texts stand in double quotes"),
        ("[1] x", "line 1, column 5", "the value ends before “x”"),
        ("NaN", "line 1, column 1", "“NaN” is none of true, false, null, and texts are quoted"),
        ("hunter2", "line 1, column 1", "this word is none of true, false, null, and texts are qu"),
        ("[Infinity]", "line 1, column 2", "“Infinity” is none of"),
        ("-Infinity", "line 1, column 1", "not a number as JSON writes it"),
        ("True", "line 1, column 1", "“True” is none of"),
        ("[01]", "line 1, column 2", "not a number as JSON writes it"),
        ("[1_000]", "line 1, column 2", "not a number as JSON writes it"),
        ("[+1]", "line 1, column 2", "a value is missing before “+”"),
        ("[1.]", "line 1, column 2", "not a number as JSON writes it"),
        ("[1e999]", "line 1, column 2", "this number is too large for a float"),
        ("[9223372036854775808]", "line 1, column 2", "this integer does not fit in 64 bits"),
        ("-9223372036854775809", "line 1, column 1", "this integer does not fit in 64 bits"),
        ("9" * 5_000, "line 1, column 1", "this integer does not fit in 64 bits"),
        ("[٣]", "line 1, column 2", "“٣” is none of"),
        ('["a', "line 1, column 2", "the closing quote of this text is missing"),
        ('["a\nb"]', "line 1, column 4", "a line break in a text is written with a backslash"),
        (r'["C:\dir"]', "line 1, column 5", "a backslash in a text is written twice"),
        (r'["\ud800"]', "line 1, column 2", "an escaped surrogate lacks its other half"),
        ("// x\n1", "line 1, column 1", "a value is missing before “/”"),
        ("\ufeff1", "line 1, column 1", "a value is missing before U+FEFF"),
        ("[\u00a01]", "line 1, column 2", "a value is missing before U+00A0"),
        ('{"a": 1,\n "b": 2,\n "\\u0061": 3}', "line 3, column 2", "the name “a” occurs twice"),
        ("[" * 33, "line 1, column 33", "may be nested 32 deep, no deeper"),
        ('{"a":' * 33, "line 1, column 161", "may be nested 32 deep, no deeper"),
        ("[" * 60_000, "line 1, column 33", "may be nested 32 deep, no deeper"),
    ],
)
def test_a_mistake_is_named_with_its_place(text, place, problem):
    with pytest.raises(NotJson) as mistake:
        read_json(text)

    assert mistake.value.place == place
    assert problem in str(mistake.value)


@settings(deadline=None)
@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_what_python_writes_is_read_back(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert read_json(text) == value


@settings(deadline=None)
@given(NEARLY_JSON | st.text())
def test_what_is_accepted_python_reads_alike(text):
    try:
        value = read_json(text)
    except NotJson:
        return
    assert json.loads(text) == value


@settings(deadline=None)
@given(NEARLY_JSON)
def test_what_is_refused_python_refuses_too_or_a_limit_of_ours_does(text):
    try:
        read_json(text)
    except NotJson as mistake:
        limit = re.search("surrogate|too large|64 bits|deep", str(mistake))
        assert limit or not _is_json_for_python(text)


def _is_json_for_python(text):
    try:
        json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    except ValueError:
        return False
    return True


def _without_duplicates(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _refuse(constant):
    raise ValueError(constant)
