"""JSON Schemas of values: what they refuse and how it is said; no database is asked."""

import re
import time

import pytest

from app.domain.errors import InvalidValue
from app.domain.settings.value_rules import schemas

TWICE = "must not have the same entry twice"


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
        (
            *("7", "integer", '{"not": {}}'),
            "must not be anything: its JSON Schema allows no value",
        ),
        ("5", "integer", '{"not": {"enum": [5, 6]}}', "must not be 5 or 6"),
        (
            '"x"',
            "json",
            '{"anyOf": [{"type": "integer", "minimum": 1}, {"const": "auto"}]}',
            "must be a whole number and at least 1, or “auto”",
        ),
        (
            "5",
            "integer",
            '{"oneOf": [{"minimum": 1}, {"maximum": 9}]}',
            "must not fit two of its rules at once: at least 1; at most 9",
        ),
        (
            *("[1]", "json", '{"contains": {"minimum": 5}}'),
            "must have at least 1 entry that is at least 5",
        ),
        (
            '{"a": 1}',
            "json",
            '{"dependentRequired": {"a": ["b"]}}',
            "must have “b”, as it has “a”",
        ),
        ('{"a": {"b": 1}}', "json", '{"properties": {"a": false}}', "must not be there (at a)"),
        ("[1, 2]", "json", '{"prefixItems": [{}], "items": false}', "must have at most 1 entry"),
        ("5", "integer", '{"if": {"minimum": 1}, "then": {"minimum": 9}}', "must be at least 9"),
        ("0.7", "float", '{"multipleOf": 0.2}', "must be a multiple of 0.2"),
        ("0.3", "float", '{"multipleOf": 0.1}', ""),
        ("1e308", "float", '{"multipleOf": 5e-324}', ""),
        ('{"$ref": 1, "pattern": "(?=a)"}', "json", '{"properties": {"$ref": {}}}', ""),
        ("{}", "json", '{"const": {"pattern": "(?=a)"}}', 'must be {"pattern": "(?=a)"}'),
        ("[1, 1.0]", "json", '{"uniqueItems": true}', "must not have the same entry twice"),
        ("[1, true, 0, false, [1], [true]]", "json", '{"uniqueItems": true}', ""),
        ('[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}]', "json", '{"uniqueItems": true}', TWICE),
        ("14:30:00Z", "string", '{"format": "time"}', ""),
        ("25:30:00Z", "string", '{"format": "time"}', "must be a time such as 14:30:00Z"),
        ("2026-11-28T14:30:00Z", "string", '{"format": "date-time"}', ""),
        (
            "2026-11-31T14:30:00Z",
            "string",
            '{"format": "date-time"}',
            "must be a date and time such as 2026-11-28T14:30:00Z",
        ),
        ("https://example.com/a?b", "string", '{"format": "uri"}', ""),
        (
            "example.com",
            "string",
            '{"format": "uri"}',
            "must be an address such as https://example.com",
        ),
        ("db.example.com", "string", '{"format": "hostname"}', ""),
        (
            "db_1",
            "string",
            '{"format": "hostname"}',
            "must be a host name such as db.example.com",
        ),
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
        ("[]", 'A schema is a JSON object, such as {"minimum": 1}.'),
        ('{"minimum": "one"}', "This is no JSON Schema (2020-12): see minimum."),
        ('{"$ref": "https://example.com/a"}', "“$ref” cannot be used here."),
        ('{"items": {"$dynamicRef": "#a"}}', "“$dynamicRef” cannot be used here (in items)."),
        ('{"minimun": 5}', "“minimun” is no keyword of JSON Schema (2020-12). Did you mean “mini"),
        (
            '{"properties": {"a b": {"items": {"maxLenght": 5}}}}',
            "“maxLenght” is no keyword of JSON Schema (2020-12) (in properties[“a b”].items). Did",
        ),
        ('{"zzz": 5}', "“zzz” is no keyword of JSON Schema (2020-12), so it checks nothing."),
        ('{"format": "datetime"}', "The format “datetime” is not checked. Did you mean “date-tim"),
        ('{"format": "iri"}', "The format “iri” is not checked. Formats are date, date-time,"),
        ('{"then": {"minimum": 5}}', "“then” checks nothing: there is no “if” beside it."),
        ('{"allOf": [{"minimum": []}]}', "This is no JSON Schema (2020-12): see allOf[0].minimum."),
        ('{"allOf": [{"pattern": "(?=a)"}]}', "The pattern is not one that the console can check"),
        (f'{{"title": "{"x" * 10_000}"}}', "The schema may have at most 10,000 characters."),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema, sentence):
    with pytest.raises(
        InvalidValue,
        match=f"^{re.escape(sentence)}",
    ):
        schemas.checked_schema(schema)


@pytest.mark.parametrize(
    "schema",
    [
        '{"title": "a", "description": "b", "default": 1, "examples": [1], "unit": "s"}',
        '{"$comment": "a"}',
        '{"properties": {"$ref": {}, "pattern": {"type": "string"}, "minimun": true}}',
        '{"enum": [{"pattern": "(?=a)", "$ref": 1}], "const": {"$ref": 2}, "default": {"$ref": 3}}',
        '{"required": ["patternProperties"], "dependentRequired": {"$ref": ["pattern"]}}',
    ],
)
def test_names_and_values_are_no_keywords(schema):
    assert schemas.checked_schema(schema) == schema
    assert schemas.unchecked(schema) == []


@pytest.mark.parametrize(
    ("schema", "data_type", "noun"),
    [
        ('{"minimum": 5}', "string", "numbers"),
        ('{"allOf": [{"pattern": "a"}]}', "integer", "strings"),
        ('{"items": {"minimum": 5}}', "boolean", "lists"),
        ('{"required": ["a"]}', "float", "objects"),
    ],
)
def test_a_keyword_for_values_of_another_type_is_refused(schema, data_type, noun):
    with pytest.raises(InvalidValue, match=rf"checks nothing here.*: it is for {noun}\."):
        schemas.checked_schema(schema, data_type)

    assert schemas.checked_schema(schema, "json") == schema


def test_what_is_unknown_in_a_stored_schema_is_told_and_checks_nothing():
    stored = '{"minimun": 5, "maximum": 9, "format": "iri"}'

    assert schemas.broken("1", "integer", stored) == ""
    assert schemas.broken("10", "integer", stored) == "must be at most 9"
    assert len(schemas.unchecked(stored)) == 2


def test_no_pattern_takes_forever():
    begun = time.monotonic()

    schemas.broken("a" * 60_000 + "!", "string", '{"pattern": "^(a+)+$"}')

    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("schema", "data_type", "choices"),
    [
        ('{"enum": ["a", "b"]}', "string", ["a", "b"]),
        ('{"enum": [1, 2]}', "integer", ["1", "2"]),
        ('{"enum": [1.0, 2, 1, 1.5]}', "integer", ["1", "2"]),
        ('{"enum": [1.5]}', "integer", None),
        ('{"enum": [1, 1.0, 0.5]}', "float", ["1", "0.5"]),
        ('{"enum": ["a", 1]}', "string", None),
        ('{"enum": [true]}', "boolean", None),
        ('{"minimum": 1}', "integer", None),
    ],
)
def test_listed_values_are_choices(schema, data_type, choices):
    assert schemas.choices(schema, data_type) == choices
