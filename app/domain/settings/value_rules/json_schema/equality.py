"""Equality of JSON values: 1 equals 1.0, true does not equal 1, and names have no order."""

import json
from typing import Any

from app.domain.settings.value_rules.json_schema.steps import Steps, spent_on_text


def is_equal(one: Any, other: Any, steps: Steps) -> bool:
    """Tell whether two values are the same."""
    return canonical(one, steps) == canonical(other, steps)


def is_among(value: Any, choices: list[Any], steps: Steps) -> bool:
    """Tell whether a value is one of the choices."""
    known = steps.known_choices.get(id(choices))
    if known is None:
        known = frozenset(canonical(choice, steps) for choice in choices)
        steps.known_choices[id(choices)] = known
    return canonical(value, steps) in known


def has_twice(entries: list[Any], steps: Steps) -> bool:
    """Tell whether an entry is there twice, in time that is linear in the list."""
    return len({canonical(entry, steps) for entry in entries}) < len(entries)


def canonical(value: Any, steps: Steps) -> str:
    """Return the text that equal values, and no others, have in common.

    It is a text because its hash has a seed: nobody can write many values with one hash.
    """
    if not isinstance(value, (dict, list)):
        steps.spend(spent_on_text(value))
        return _scalar(value)
    text = steps.known_texts.get(id(value))
    if text is None:
        steps.spend()
        text = steps.known_texts[id(value)] = _nested(value, steps)
    steps.spend(spent_on_text(text))
    return text


def _scalar(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value)


def _nested(value: Any, steps: Steps) -> str:
    if isinstance(value, list):
        return f"[{','.join(canonical(entry, steps) for entry in value)}]"
    members = sorted((json.dumps(name), canonical(value[name], steps)) for name in value)
    return f"{{{','.join(f'{name}:{content}' for name, content in members)}}}"
