"""The libraries behind the schemas, imported where the first rule is used: they are large."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError, validators
from referencing import Registry

from app.domain.settings.value_rules.sizes import read_size

FORMATS = ("date", "email", "ipv4", "ipv6", "time", "uuid")


def validator(schema: dict[str, Any]) -> Any:
    """Return what checks values by a schema."""
    formats = FormatChecker(formats=FORMATS)
    formats.checks("size")(_is_size)
    extend: Any = validators.extend
    kind = extend(Draft202012Validator, {"pattern": _search})
    # Without a registry the library would fetch what a schema refers to.
    return kind(schema, registry=Registry(), format_checker=formats)


def wrong_place(schema: dict[str, Any]) -> str:
    """Return where a schema breaks the standard; "" for a schema that does not."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return ".".join(str(part) for part in error.absolute_path) or "the beginning"
    return ""


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern that RE2 takes."""
    try:
        _compiled(text)
    except (re2.error, UnicodeEncodeError):
        return False
    return True


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _search(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError("It does not match.")


def _is_size(instance: Any) -> bool:
    return not isinstance(instance, str) or read_size(instance) is not None
