"""JSON Schemas of values: what they refuse and how it is said; no database is asked."""

import time

import pytest

from app.domain.errors import InvalidValue
from app.domain.settings.value_rules import schemas


@pytest.mark.parametrize(
    ("value", "data_type", "schema", "sentence"),
    [
        ("0", "integer", '{"minimum": 1}', "must be at least 1"),
        ("3", "float", '{"minimum": 0, "maximum": 2}', "must be from 0 to 2"),
        ("0.0", "float", '{"exclusiveMinimum": 0}', "must be more than 0"),
        ("DEBG", "string", '{"enum": ["DEBUG", "INFO"]}', "must be DEBUG or INFO"),
        ("ab", "string", '{"minLength": 3}', "must have at least 3 characters"),
        ("b1", "string", '{"pattern": "^a"}', "must match the pattern ^a"),
        ("x", "string", '{"format": "email"}', "must be an email address"),
        ('["a", 1]', "json", '{"items": {"type": "string"}}', "must be a string (at [1])"),
        ('{"a": 1}', "json", '{"required": ["b"]}', "must have “b”"),
        ("[1, 1]", "json", '{"uniqueItems": true}', "must not have the same entry twice"),
        ("7", "integer", '{"not": {}}', "must fit its rule (not)"),
        ("no", "boolean", '{"const": true}', "must be true"),
        ("1", "boolean", '{"const": true}', ""),
        ("0" * 25 + "7", "integer", '{"minimum": 8}', "must be at least 8"),
        ("7", "integer", '{"minimum": 1}', ""),
        (None, "integer", '{"minimum": 1}', ""),
        # Not valid for the data type, which is said elsewhere.
        ("seven", "integer", '{"minimum": 1}', ""),
        ("NaN", "float", '{"type": "number"}', ""),
        ("1_0", "float", '{"maximum": 1}', ""),
        ("7", "unheard-of", '{"minimum": 10}', ""),
        # As another program may have written it.
        ("7", "integer", "{", "must fit its rule, which the console cannot read"),
    ],
)
def test_a_value_is_held_to_its_schema(value, data_type, schema, sentence):
    assert schemas.broken(value, data_type, schema) == sentence


@pytest.mark.parametrize("size", ["100MB", "1B", "20GB"])
def test_a_size_is_a_whole_number_and_a_unit(size):
    assert schemas.broken(size, "string", '{"format": "size"}') == ""


@pytest.mark.parametrize("size", ["300 mega", "0MB", "1.5GB", "MB", "100", "100mb", ""])
def test_other_texts_are_no_sizes(size):
    assert "must be a size such as 100MB" in schemas.broken(size, "string", '{"format": "size"}')


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ("{", "The schema is not JSON at line 1"),
        ("[]", "A schema is a JSON object"),
        ('{"minimum": "one"}', "This is no JSON Schema (2020-12): see minimum."),
        ('{"$ref": "https://example.com/a"}', "“$ref” cannot be used here."),
        ('{"items": {"$dynamicRef": "#a"}}', "“$dynamicRef” cannot be used here."),
        ('{"allOf": [{"pattern": "(?=a)"}]}', "The pattern is not one that the console can check"),
        (f'{{"title": "{"x" * 10_000}"}}', "The schema may have at most 10,000 characters."),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema, sentence):
    with pytest.raises(
        InvalidValue,
        match="^" + sentence.replace("(", r"\(").replace(")", r"\)").replace("$", r"\$"),
    ):
        schemas.checked_schema(schema)


def test_no_pattern_takes_forever():
    begun = time.monotonic()

    schemas.broken("a" * 60_000 + "!", "string", '{"pattern": "^(a+)+$"}')

    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("schema", "data_type", "choices"),
    [
        ('{"enum": ["a", "b"]}', "string", ["a", "b"]),
        ('{"enum": [1, 2]}', "integer", ["1", "2"]),
        ('{"enum": ["a", 1]}', "string", None),
        ('{"enum": [true]}', "boolean", None),
        ('{"minimum": 1}', "integer", None),
    ],
)
def test_listed_values_are_choices(schema, data_type, choices):
    assert schemas.choices(schema, data_type) == choices
