"""The description of the API (OpenAPI 3.1), made of the declarations of its endpoints."""

from typing import Any

from flask import render_template, request
from werkzeug.http import HTTP_STATUS_CODES

from app.api.blueprint import PREFIX, blueprint
from app.api.described import ALWAYS, answers_of, path_of, path_parameters, taken_by
from app.api.endpoint import ENDPOINTS, NO_CONTENT, NOT_MODIFIED, Endpoint
from app.api.problems import MEDIA_TYPE
from app.api.schemas import COMPONENTS, TEXT, Schema, component

OPENAPI_VERSION = "3.1.0"
API_VERSION = PREFIX.rpartition("/v")[2]
JSON = "application/json"
INTRODUCTION = (
    "The settings, users, roles and permissions of the console, for programs. A change needs"
    " If-Match with the ETag of what was read, or * for whatever there is."
)


@blueprint.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """Describe the API."""
    return described()


@blueprint.get("/docs")
def docs() -> str:
    """Show the description as a page."""
    groups: dict[str, list[Endpoint]] = {}
    for one in ENDPOINTS:
        groups.setdefault(one.name.partition("_")[0], []).append(one)
    return render_template(
        "api/docs.html",
        groups=groups,
        prefix=PREFIX,
        path_of=path_of,
        taken_by=taken_by,
        answers_of=answers_of,
        always=ALWAYS,
    )


def described() -> dict[str, Any]:
    """Return the description, as OpenAPI 3.1 has it."""
    paths: dict[str, dict[str, Any]] = {}
    for one in ENDPOINTS:
        paths.setdefault(path_of(one), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "RAG Fortress Console",
            # That of the API: everybody may read this, and learns nothing of what runs.
            "version": API_VERSION,
            "description": INTRODUCTION,
        },
        "servers": [{"url": f"{request.script_root}{PREFIX}"}],
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [path_of(one).split("/")[1]],
        "parameters": list(_parameters(one)),
        "responses": _responses(one),
    }
    if one.needs:
        operation["description"] = f"Needs the permission {one.permissions}."
    if one.takes is not None:
        is_needed = bool(one.takes["required"])
        operation["requestBody"] = {"required": is_needed, "content": _content(one.takes, JSON)}
    return operation


def _parameters(one: Endpoint) -> list[dict[str, Any]]:
    in_path = [_parameter(name, "path", schema) for name, schema in path_parameters(one)]
    in_query = [
        _parameter(name, "query", schema, is_required=name in one.needed)
        for name, schema in one.query.items()
    ]
    headers = []
    if one.has_etag:
        name = "If-None-Match" if one.method == "GET" else "If-Match"
        headers = [_parameter(name, "header", TEXT, is_required=one.method != "GET")]
    return [*in_path, *in_query, *headers]


def _parameter(
    name: str, place: str, schema: Schema, *, is_required: bool = False
) -> dict[str, Any]:
    is_required = is_required or place == "path"
    return {"name": name, "in": place, "required": is_required, "schema": schema}


def _responses(one: Endpoint) -> dict[str, Any]:
    problem = {"description": "A problem.", "content": _content(component("Problem"), MEDIA_TYPE)}
    responses: dict[str, Any] = {
        str(status): {**problem, "description": f"{HTTP_STATUS_CODES[status]}."}
        for status in sorted([*answers_of(one), *ALWAYS])
    } | {"default": problem}
    if one.gives is None:
        return responses | {str(NO_CONTENT): {"description": "Done."}}
    given: dict[str, Any] = {"description": "Done.", "content": _content(one.gives, *one.media)}
    if one.has_etag:
        given["headers"] = {"ETag": {"schema": TEXT}}
        if one.method == "GET":
            responses[str(NOT_MODIFIED)] = {"description": "Not changed since it was read."}
    return responses | {str(one.status): given}


def _content(schema: Schema, *media_types: str) -> dict[str, Any]:
    return {media_type: {"schema": schema} for media_type in media_types}
