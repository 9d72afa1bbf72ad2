"""Rules in words, as lists and reviews show them; no database is asked."""

import json

import pytest

from app.domain.settings.value_rules.editing import rule_in_words, schema_in_words
from app.domain.settings.value_rules.rules import NO_RULE, ValueRule

HOST = {"type": "string", "minLength": 1}
OBJECT = {"type": "object", "required": ["host"], "properties": {"host": HOST}}
OF_TYPE = {"properties": {"type": {"const": "s3"}}}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (NO_RULE, "Any value"),
        (ValueRule(unit="seconds"), "In seconds"),
        (ValueRule(requires_reason=True), "Needs a reason"),
        (ValueRule(is_warning=True), "Any value; only warns"),
        (ValueRule('{"minimum": 0.0, "maximum": 2.0}', is_warning=True), "From 0 to 2; only warns"),
        (
            ValueRule('{"minimum": 1}', "MB", requires_reason=True),
            "At least 1, in MB; needs a reason",
        ),
    ],
)
def test_a_rule_is_told_in_short(rule, words):
    assert rule_in_words(rule) == words


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"minimum": 5, "maximum": 5}, "exactly 5"),
        ({"const": "auto"}, "only auto"),
        ({"enum": []}, "one of its choices, and there are none"),
        ({"minLength": 3, "maxLength": 10, "pattern": "^a"}, "with 3 to 10 characters, matching t"),
        ({"maxItems": 0}, "with no entries"),
        ({"minProperties": 2, "maxProperties": 2}, "with exactly 2 members"),
        (
            {"items": {"type": "string"}, "minItems": 1},
            "with at least 1 entry, where each entry is",
        ),
        (
            {"items": {"type": "string", "pattern": "^a"}},
            "each entry is a string and matches the p",
        ),
        (
            {"prefixItems": [{"const": "a"}, {}], "items": {"minimum": 1}},
            "entry 1 is “a”, where ea",
        ),
        (
            {"contains": {"const": "a"}, "minContains": 2},
            "with at least 2 entries of which each is",
        ),
        ({"contains": {}, "minContains": 0}, "any value"),
        (OBJECT, "an object, with “host”, where “host” is a string and has at least 1 character"),
        ({"properties": {"a": False}}, "“a” is not there"),
        ({"additionalProperties": {"type": "null"}}, "each member is null"),
        ({"unevaluatedItems": {"type": "null"}}, "each other entry is null"),
        ({"propertyNames": {"maxLength": 9}}, "each name has at most 9 characters"),
        ({"dependentRequired": {"a": ["b"]}}, "with “b” if it has “a”"),
        (
            {"dependentSchemas": {"a": {"minProperties": 2}}},
            "it has at least 2 members if it has “",
        ),
        ({"not": {}}, "not anything: its JSON Schema allows no value"),
        ({"not": False}, "any value"),
        ({"not": {"minItems": 2}}, "not with at least 2 entries"),
        ({"not": {"required": ["a"]}}, "without “a”"),
        ({"not": {"additionalProperties": False}}, "with some members"),
        ({"anyOf": [{"type": "null"}, {"minimum": 1, "maximum": 9}, False]}, "null or from 1 to 9"),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 1}]}, "null, or a whole numb"),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, "fitting exactly one of these: w"),
        ({"oneOf": [False]}, "not anything: its JSON Schema allows no value"),
        ({"allOf": [{"minLength": 2}, {"minLength": 2}]}, "with at least 2 characters"),
        (
            {"if": OF_TYPE, "then": {"required": ["a"]}, "else": {"required": ["b"]}},
            "it has “a” if “type” is “s3”; otherwise it has “b”",
        ),
        ({"if": OF_TYPE, "else": False}, "no value is allowed unless “type” is “s3”"),
        ({"if": {}, "then": {"minLength": 3}}, "it has at least 3 characters"),
        ({"title": "A name"}, "any value"),
    ],
)
def test_a_schema_reads_as_a_sentence(schema, words):
    assert schema_in_words(json.dumps(schema)).startswith(words)
