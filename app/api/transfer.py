"""Settings, rules, roles and assignments as a transfer file: exported, compared, imported."""

import json
from collections.abc import Collection
from typing import Any

from app.api import bearer, downloads
from app.api.endpoint import Answer, endpoint, reviewed, saved
from app.api.problems import Invalid, in_query
from app.api.schemas import (
    FLAG,
    MAYBE_TEXT,
    NUMBER,
    REASON,
    REVIEWED,
    TEXT,
    TEXTS,
    array_of,
    given,
    taken,
)
from app.domain import transfer
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.plan_lines import PlanLine, PlanOutcome
from app.domain.transfer import ImportEdit, ImportPlan, Part, TransferFile, TransferFormat

PATH = "/transfer-file"
READS = tuple(dict.fromkeys(part.needs for part in Part))
CHANGES = (
    *(PermissionCode.SETTINGS_UPDATE, PermissionCode.SETTINGS_CREATE),
    *(PermissionCode.ROLE_UPDATE, PermissionCode.ROLE_CREATE, PermissionCode.ROLE_ASSIGN),
)
BETWEEN_PARTS = ","
LINE = given(
    part=TEXT,
    name=TEXT,
    outcome={"type": "string", "enum": [outcome.value for outcome in PlanOutcome]},
    before=MAYBE_TEXT,
    after=MAYBE_TEXT,
    gained=TEXTS,
    lost=TEXTS,
    reason=TEXT,
)
DIFFERENCES = given(items=array_of(LINE))
SIDE = given(people=NUMBER, permissions=TEXTS)
PLAN = given(items=array_of(LINE), impact=given(gain=SIDE, lose=SIDE), orphaned=TEXTS)
FILE = {"type": "object", "description": "A transfer file, as the export has it."}
IMPORT = {"file": FILE, "anyway": FLAG, **REASON}


@endpoint("GET", PATH, needs=READS, gives={"type": "object"}, query={"parts": TEXT})
def export(query: dict[str, str]) -> Any:
    """Export settings, rules, roles and assignments, or chosen parts, without secrets; recorded."""
    file = reviewed(transfer.export, _parts(query))
    after = {"parts": file.parts, "format": TransferFormat.JSON.value}
    downloads.record(transfer.EXPORTED, transfer.TARGET, after)
    return transfer.as_object(file)


@endpoint("POST", f"{PATH}/compare", needs=READS, gives=DIFFERENCES, takes=taken("file", file=FILE))
def compare(body: dict[str, Any]) -> Answer:
    """Tell the differences between a file and what is stored; nothing is imported."""
    plan = reviewed(transfer.compare, ImportEdit(_file(body)))
    return Answer({"items": _shown_lines(plan.differences)}, plan.content.etag)


@endpoint("POST", f"{PATH}/review", needs=CHANGES, gives=PLAN, takes=taken("file", **IMPORT))
def review(body: dict[str, Any]) -> Answer:
    """Tell what the import of a file would add, change, leave and refuse, and whom it affects."""
    return _answer(reviewed(transfer.review_import, _edit(body)))


@endpoint("POST", PATH, needs=CHANGES, gives=PLAN, takes=taken("file", **IMPORT, **REVIEWED))
def import_file(body: dict[str, Any]) -> Answer:
    """Import a file in one transaction; what a rule refuses stays as it is."""
    return _answer(saved(transfer.import_file, _edit(body)))


def _parts(query: dict[str, str]) -> list[Part]:
    """Return the parts that a query names; all that the caller may see if it names none."""
    if "parts" not in query:
        return [part for part in Part if bearer.caller().can(part.needs)]
    names = query["parts"].split(BETWEEN_PARTS)
    if unknown := sorted(set(names) - set(Part)):
        detail = f"must be of {', '.join(Part)}, not {unknown[0]}"
        raise Invalid(400, f"The parameter parts {detail}.", [in_query("parts", detail)])
    return [Part(name) for name in names]


def _edit(body: dict[str, Any]) -> ImportEdit:
    file, reason = _file(body), body.get("reason", "")
    return ImportEdit(file, reason, body.get("anyway", False), body.get("reviewed"))


def _file(body: dict[str, Any]) -> TransferFile:
    try:
        return transfer.read_file(json.dumps(body["file"], ensure_ascii=False))
    except InvalidValue as mistake:
        for part in mistake.parts:
            part.field = "file"
        raise


def _answer(plan: ImportPlan) -> Answer:
    body = {"items": _shown_lines(plan.lines), "impact": plan.impact.numbers}
    return Answer(body | {"orphaned": list(plan.impact.orphaned)}, plan.content.etag)


def _shown_lines(lines: Collection[tuple[Part, PlanLine]]) -> list[dict[str, Any]]:
    return [_shown(*each) for each in lines]


def _shown(part: Part, line: PlanLine) -> dict[str, Any]:
    # As on the pages: a refused value may be a secret, which no answer repeats.
    before, after = (line.before, line.after) if line.is_saved else (None, None)
    return {
        "part": part.value,
        "name": line.name,
        "outcome": line.outcome.value,
        "before": before,
        "after": after,
        "gained": list(line.gained),
        "lost": list(line.lost),
        "reason": line.reason,
    }
