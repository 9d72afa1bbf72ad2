"""JSON Schemas (2020-12) of what the API takes and gives; the document shows the same ones."""

from typing import Any

from app.domain.permissions import PermissionCode
from app.domain.settings import STATES, DataType, RuleSeverity
from app.models.base import HIGHEST_ID

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
ANYTHING: Schema = {}
TEXTS: Schema = {"type": "array", "items": TEXT}
TIME: Schema = {"type": "string", "format": "date-time"}
MAYBE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
NUMBER: Schema = {"type": "integer"}
MAYBE_NUMBER: Schema = {"type": ["integer", "null"]}
ETAG: Schema = {"type": "string", "description": "The ETag, without quotes; If-Match takes it."}
ROW_ID: Schema = {"type": "integer", "minimum": 1, "maximum": HIGHEST_ID}
NAME_IN_PATH: Schema = {"type": "string", "description": "A name; ~1 for a slash, ~0 for a tilde."}
MOST_AT_ONCE = 1000
NAMES: Schema = {"type": "array", "items": TEXT, "maxItems": MOST_AT_ONCE}
FIELDS: Schema = {"type": ["object", "null"]}


def taken(*required: str, **properties: Schema) -> Schema:
    """Return the schema of a body: nothing but these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def given(**properties: Schema) -> Schema:
    """Return the schema of an answer, which always has all of these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def page_of(name: str) -> Schema:
    """Return the schema of a page of a list: its items, and the path of the next page."""
    return given(items=array_of(component(name)), next=MAYBE_TEXT)


def array_of(items: Schema) -> Schema:
    """Return the schema of a list of such items."""
    return {"type": "array", "items": items}


def component(name: str) -> Schema:
    """Return the reference to a schema that several answers share."""
    return {"$ref": f"#/components/schemas/{name}"}


EVENT = given(
    id=NUMBER,
    at=TIME,
    actor_kind=TEXT,
    actor_name=TEXT,
    actor_id=MAYBE_NUMBER,
    action=TEXT,
    target_type=TEXT,
    target_name=TEXT,
    target_id=MAYBE_NUMBER,
    before=FIELDS,
    after=FIELDS,
    reason=TEXT,
    address=MAYBE_TEXT,
    request_id=MAYBE_TEXT,
    save_id=MAYBE_TEXT,
)
SETTING = given(
    key=TEXT,
    value=ANYTHING,
    text=MAYBE_TEXT,
    is_set=FLAG,
    is_secret=FLAG,
    is_mutable=FLAG,
    read_only_reason=MAYBE_TEXT,
    data_type=TEXT,
    category=MAYBE_TEXT,
    description=MAYBE_TEXT,
    updated_at=TIME,
    etag=ETAG,
)
SEVERITIES: Schema = {"type": "string", "enum": [one.value for one in RuleSeverity]}
RULE_FIELDS: dict[str, Schema] = {
    "schema": {"type": ["object", "null"], "description": "A JSON Schema (2020-12) of the value."},
    "unit": TEXT,
    "severity": SEVERITIES,
    "requires_reason": FLAG,
}
SHOWN_RULE: dict[str, Schema] = {**RULE_FIELDS, "words": TEXT}
RULE = given(**SHOWN_RULE, etag=ETAG)
SAVED_RULE = given(**RULE["properties"], broken=TEXTS)
RELATION_FIELDS: dict[str, Schema] = {"expression": TEXT, "severity": SEVERITIES, "message": TEXT}
RELATION = given(id=NUMBER, **RELATION_FIELDS, etag=ETAG)
RELATION_FINDINGS: dict[str, Schema] = dict.fromkeys(
    ("broken", "missing", "secret", "unchecked"), TEXTS
)
SAVED_RELATION = given(**RELATION["properties"], **RELATION_FINDINGS)
USER_FIELDS: dict[str, Schema] = {
    "username": TEXT,
    "email": TEXT,
    "full_name": MAYBE_TEXT,
    "is_active": FLAG,
    "is_verified": FLAG,
    "created_at": TIME,
    "roles": TEXTS,
    "is_service_account": FLAG,
    "etag": ETAG,
}
USER = given(**USER_FIELDS, last_signed_in_at=MAYBE_TIME)
PERSON = given(username=TEXT, email=TEXT, full_name=MAYBE_TEXT, is_active=FLAG)
PEOPLE: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}
USER_DETAILS = given(**USER_FIELDS, bio=MAYBE_TEXT)
ROLE = given(
    name=TEXT,
    description=MAYBE_TEXT,
    is_system=FLAG,
    grants_all=FLAG,
    permissions=TEXTS,
    etag=ETAG,
)
MEMBER = given(username=TEXT, full_name=MAYBE_TEXT)
PERMISSION = given(code=TEXT, description=MAYBE_TEXT)
HELD = given(code=TEXT, description=MAYBE_TEXT, is_granted=FLAG, roles=TEXTS)
CHECK = given(user=TEXT, permission=TEXT, allowed=FLAG, reason=TEXT, granted_by=TEXTS)
PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": NUMBER,
        "detail": TEXT,
        "request_id": TEXT,
        "errors": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
}
COMPONENTS = {
    "Check": CHECK,
    "Event": EVENT,
    "HeldPermission": HELD,
    "Member": MEMBER,
    "Permission": PERMISSION,
    "Person": PERSON,
    "Problem": PROBLEM,
    "Relation": RELATION,
    "Role": ROLE,
    "Rule": RULE,
    "SavedRelation": SAVED_RELATION,
    "SavedRule": SAVED_RULE,
    "Setting": SETTING,
    "User": USER,
    "UserDetails": USER_DETAILS,
}

REASON: dict[str, Schema] = {"reason": {"type": "string", "maxLength": 500}}
REVIEWED: dict[str, Schema] = {
    "reviewed": {"type": "string", "description": "The ETag of the review, without quotes."}
}
AFTER: dict[str, Schema] = {"after": {"type": "string", "description": "The cursor of `next`."}}
DATA_TYPES: Schema = {"type": "string", "enum": [kind.value for kind in DataType]}
SETTING_STATES: Schema = {"type": "string", "enum": list(STATES)}
CODES: Schema = {"type": "string", "examples": [PermissionCode.SETTINGS_READ.value]}
USER_SORTS: Schema = {
    "type": "string",
    "enum": ["username", "-username", "email", "-email", "created", "-created"],
}
OUTCOMES: Schema = {"type": "string", "enum": ["done", "refused", "denied"]}
FLAG_WORD: Schema = {"type": "string", "enum": ["true", "false"]}
MOST_CHECKS = 100
CHECKS: Schema = {
    "type": "array",
    "items": taken("user", "permission", user=TEXT, permission=TEXT),
    "minItems": 1,
    "maxItems": MOST_CHECKS,
}
ROLES_OF_USER = given(roles=TEXTS)
PERMISSION_DETAILS = given(code=TEXT, description=MAYBE_TEXT, roles=TEXTS)
HELD_LIST = given(items=array_of(component("HeldPermission")))
RULES = given(items=array_of(given(key=TEXT, **SAVED_RULE["properties"], unchecked=TEXTS)))
RELATIONS = given(items=array_of(given(**RELATION["properties"], broken=TEXTS, unchecked=TEXTS)))
CATEGORIES = given(items=array_of(given(name=TEXT, requires_reason=FLAG)))
KEYS: Schema = {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MOST_AT_ONCE}
PAST_SETTING = given(
    key=TEXT,
    existed=FLAG,
    text=MAYBE_TEXT,
    existed_later=FLAG,
    later_text=MAYBE_TEXT,
    is_secret=FLAG,
    differs=FLAG,
    why_not_restored=TEXT,
)
PAST_SETTINGS = given(record_begins=MAYBE_TIME, items=array_of(PAST_SETTING))
