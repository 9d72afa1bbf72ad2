"""Bodies and queries of requests, read strictly against the schemas that the document shows."""

import json
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from flask import request

from app.api.problems import Invalid, in_query, mistake
from app.api.schemas import Schema
from app.domain import settings
from app.domain.settings import NotJson

JSON = "application/json"


def read_body(schema: Schema) -> dict[str, Any]:
    """Return the JSON object of the request.

    Args:
        schema: The JSON Schema of the body.

    Raises:
        Invalid: The body is no JSON (415, 400), or not as the schema says (422).
    """
    data = request.get_data()
    if not data and not schema.get("required"):
        return {}
    if request.mimetype != JSON:
        raise Invalid(415, f"Send the body as {JSON}.")
    body = _parsed(data)
    found = sorted(_validator(json.dumps(schema)).iter_errors(body), key=_order)
    if found:
        errors = [mistake(list(one.path), settings.schema_mistake(one)) for one in found]
        raise Invalid(422, "The body is not as it has to be.", errors)
    result: dict[str, Any] = body
    return result


def read_query(parameters: dict[str, Schema], needed: Sequence[str] = ()) -> dict[str, str]:
    """Return the parameters of the query, by name; those that were not sent are left out.

    Raises:
        Invalid: A parameter is unknown, was sent twice, or has a value that is not possible (400).
    """
    sent: dict[str, str] = {}
    if not getattr(request, "is_query_utf8", True):
        raise Invalid(400, "The query is not valid UTF-8.")
    for name, values in request.args.lists():
        choices = parameters.get(name, {}).get("enum")
        if name not in parameters:
            raise Invalid(400, f"There is no parameter {name} here.", _at(name, "is unknown"))
        if len(values) > 1:
            raise Invalid(400, f"The parameter {name} was sent twice.", _at(name, "occurs twice"))
        if choices and values[0] not in choices:
            detail = f"must be one of {', '.join(choices)}"
            raise Invalid(400, f"The parameter {name} {detail}.", _at(name, detail))
        sent[name] = values[0]
    for name in needed:
        if name not in sent:
            raise Invalid(400, f"The parameter {name} is missing.", _at(name, "is missing"))
    return sent


def _at(name: str, detail: str) -> list[dict[str, str]]:
    return [in_query(name, detail)]


def _parsed(data: bytes) -> Any:
    try:
        return settings.read_json(data.decode())
    except UnicodeDecodeError as error:
        raise Invalid(400, "The body is not valid UTF-8.") from error
    except NotJson as error:
        sentence = f"The body is not valid JSON at {error.place}: {error}."
        raise Invalid(400, sentence) from error


@cache
def _validator(schema: str) -> Any:
    # Imported where the first body is read: a process that serves pages does not need it.
    validators = import_module("jsonschema")
    return validators.Draft202012Validator(json.loads(schema))


def _order(mistake: Any) -> str:
    return str(mistake.json_path)
