"""Relations of values: the expressions and what they say; no database is asked."""

import pytest

from app.domain.errors import InvalidValue
from app.domain.settings.value_rules import expressions
from app.domain.settings.value_rules.relations import Relation, operand

OVERLAP = "chunk_overlap must be less than chunk_size: chunk_overlap is 9 and chunk_size is 5."


@pytest.mark.parametrize(
    ("expression", "known", "sentence"),
    [
        ("chunk_overlap < chunk_size", {"chunk_overlap": 9, "chunk_size": 5}, OVERLAP),
        ("chunk_overlap < chunk_size", {"chunk_overlap": 4, "chunk_size": 5}, ""),
        ("a - 1 >= b * (2 + 3)", {"a": 26, "b": 5}, ""),
        (
            "a - 1 >= b * (2 + 3)",
            {"a": 25, "b": 5},
            "a - 1 must be at least b * (2 + 3): a is 25 and b is 5.",
        ),
        ("a > 0 and b > 0 or c == 1", {"a": 1, "b": 0, "c": 1}, ""),
        ("a > 0 and b > 0", {"a": 1, "b": 0}, "“a > 0 and b > 0” must hold: a is 1 and b is 0."),
        ("-a < b", {"a": 1, "b": 0}, ""),
        ("a <= 1GB", {"a": 2**31}, "a must be at most 1GB: a is 2147483648."),
        ('kind != "local" or on == true', {"kind": "x", "on": "false"}, ""),
        ("(chunk_size < 1) or chunk_overlap == 3", {"chunk_size": 5, "chunk_overlap": 3}, ""),
        (
            "(a < 1 or b == 2) and ((c + 1) * 2 < 9)",
            {"a": 0, "b": 0, "c": 9},
            "“(a < 1 or b == 2) and ((c + 1) * 2 < 9)” must hold: a is 0, b is 0 and c is 9.",
        ),
        ("((a < (b)))", {"a": 1, "b": 2}, ""),
        ("a * 0.1 == 0.3", {"a": 3}, ""),
        ("a + 0.2 == b", {"a": 0.1, "b": 0.3}, ""),
        # What is not set, not a number, or too large says nothing.
        ("a < b", {"a": 5}, ""),
        ("a < b", {"a": 5, "b": "x"}, ""),
        ("a == b", {"a": 5, "b": "x"}, ""),
        ('a + b == "x"', {"a": "y", "b": "z"}, ""),
        ("a < b", {"a": "y", "b": "x"}, ""),
        ("a * a - a * a < 1", {"a": 1e200}, ""),
        ("1 > a * a - a * a", {"a": 1e200}, ""),
        (
            "a * a * a * a * a < 1.5",
            {"a": 1e300},
            "a * a * a * a * a must be less than 1.5: a is 1e+300.",
        ),
        (
            "a * b < 1",
            {"a": 2**62, "b": 1e308},
            "a * b must be less than 1: a is 4611686018427387904 and b is 1e+308.",
        ),
        # As another program may have written it.
        ("a <", {"a": 5}, ""),
    ],
)
def test_a_relation_is_held_to(expression, known, sentence):
    assert Relation(1, expression).broken(known) == sentence


def test_a_relation_has_a_sentence_of_its_own_or_only_warns():
    known = {"a": 2, "b": 1}

    assert Relation(1, "a < b", "Keep a small.").broken(known) == "Keep a small."
    warned = Relation(1, "a < b", is_warning=True).broken(known)
    assert warned == "a should be less than b: a is 2 and b is 1."


NO_RELATIONS = [
    *(
        "",
        "a",
        "a <",
        "< a",
        "a < b c",
        "a < b < c",
        "a b c",
        "(a < b",
        "a << b",
        "1 < 2",
        "a < 1.5MB",
    ),
    *("__import__('os') < 1", "a < b;", 'a < "b', "and < or", "a < " + "b + " * 200 + "c"),
    *("(a < b) + 1 < c", "(a < b", "((a) < b", "(a < b))", f"{'(' * 40}a < 1{')' * 40}"),
    *(f"{'(' * 40}a{')' * 40} < 1", f"{'-' * 40}a < 1"),
]


@pytest.mark.parametrize("text", NO_RELATIONS)
def test_what_is_no_relation_is_refused_in_a_sentence(text):
    with pytest.raises(InvalidValue) as refusal:
        expressions.read(text)

    assert refusal.value.field == "expression"
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("value", "data_type", "expected"),
    [
        ("5", "integer", 5),
        ("0.5", "float", 0.5),
        ("true", "boolean", "true"),
        ("YES", "boolean", "true"),
        ("0", "boolean", "false"),
        ("perhaps", "boolean", None),
        ("0" * 25 + "7", "integer", 7),
        (".5", "float", 0.5),
        ("100MB", "string", 100 * 2**20),
        ("some text", "string", "some text"),
        ("five", "integer", None),
        ("inf", "float", None),
        ("1_0", "float", None),
        ("9" * 5000, "integer", None),
        ("[1]", "json", None),
        (None, "integer", None),
    ],
)
def test_stored_values_are_taken_by_their_type(value, data_type, expected):
    assert operand(value, data_type) == expected


def test_a_relation_that_is_broken_tells_only_of_values_that_are_set():
    relation = Relation(1, "a < b and c < d")

    assert relation.broken({"a": 2, "b": 1}) == "“a < b and c < d” must hold: a is 2 and b is 1."


@pytest.mark.parametrize("expression", ["a < 1 and b < 1", "b < 1 and a < 1"])
def test_the_order_of_conditions_does_not_matter(expression):
    assert Relation(1, expression).broken({"b": 5}).endswith(" must hold: b is 5.")
    assert Relation(1, expression).broken({"b": 0}) == ""
    either = Relation(1, f"({expression.replace('and', 'or')}) and c < 1")
    assert either.broken({"b": 5, "c": 0}) == ""
    assert either.broken({"b": 0, "c": 5}).endswith(" must hold: b is 0 and c is 5.")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2GB", "2GB"),
        ("x" * 70_000, f"{'x' * 29}…"),
        ("a\n\u200bb", "a ⟨zero-width space⟩b"),
        ("", "an empty string"),
    ],
)
def test_a_value_that_breaks_a_relation_is_told_as_it_is_stored_and_in_short(value, told):
    relation = Relation(1, "a == 1GB" if value == "2GB" else 'a == "other"')

    assert relation.broken({"a": operand(value, "string")}).endswith(f": a is {told}.")


@pytest.mark.parametrize("expression", ["a < 1 or b < 1", "b < 1 or a < 1"])
def test_of_two_conditions_one_that_is_not_known_may_still_hold(expression):
    assert Relation(0, expression).broken({"a": 5}) == ""
    assert "must hold" in Relation(0, expression).broken({"a": 5, "b": 5})


def test_a_group_is_not_told_to_lack_a_parenthesis():
    with pytest.raises(InvalidValue, match="“<” does not belong there"):
        expressions.read("(a < b < c) or d < 1")
    with pytest.raises(InvalidValue, match=r"A closing parenthesis is missing\."):
        expressions.read("(a < b or c < 1")


TYPES = {"size": "integer", "share": "float", "name": "string", "is_on": "boolean", "list": "json"}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('size == "900"', "compares a number with a text, so it checks nothing."),
        ("is_on < 5", "compares a text with a number"),
        ("size > 1 and is_on == share", "“is_on == share” compares"),
        ('name < "b"', "compares texts, which can only be equal"),
        ("list == 5", "calculates with a text or compares JSON"),
        ("size + is_on < 5", "calculates with a text"),
        ("size < share", ""),
        ("name < 5", ""),
        ('is_on == true or name != "a"', ""),
        ("unheard_of < size", ""),
    ],
)
def test_what_is_never_compared_is_told(expression, reason):
    told = Relation(1, expression).why_never(TYPES)

    assert reason in told
    assert bool(told) is bool(reason)


def test_a_text_that_is_no_size_is_not_compared_with_a_number():
    relation = Relation(1, "name < 5")

    assert "“name < 5” checks nothing with the present values" in relation.idle({"name": "openai"})
    assert relation.idle({"name": 100}) == relation.idle({}) == ""
