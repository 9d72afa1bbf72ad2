"""The export of audit events as a CSV file, or as a JSON object in each line, without secrets."""

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Row

from app.domain import audit, csv
from app.domain.audit import Fields
from app.domain.csv import Separator
from app.domain.settings import SecretMarks, shown_start
from app.domain.target import Target

ACTION = "events:exported"
TARGET = Target("list", "audit log")
COLUMNS = (
    *("id", "at", "actor_kind", "actor_name", "actor_id", "action", "target_type", "target_name"),
    *("target_id", "before", "after", "reason", "address", "request_id", "save_id"),
)
HEADER = tuple("at (UTC)" if name == "at" else name for name in COLUMNS)

Batches = Iterable[Iterable[Row[Any]]]


class ExportFormat(StrEnum):
    """The format of the file."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def encoded(
    batches: Batches,
    marks: SecretMarks,
    file_format: str,
    separator: Separator = Separator.COMMA,
) -> Iterator[bytes]:
    """Yield the file in pieces, one for each batch of events.

    Args:
        batches: The events, as `audit.export_batch` reads them.
        marks: The marks of secrets.
        file_format: One of `ExportFormat`.
        separator: The separator of a CSV file.
    """
    if file_format == ExportFormat.JSON_LINES:
        return map(partial(_lines, marks), batches)
    return csv.encoded(HEADER, map(partial(_rows, marks), batches), separator)


def _rows(marks: SecretMarks, batch: Iterable[Row[Any]]) -> Iterator[Sequence[csv.Cell]]:
    for event in map(partial(exported, marks), batch):
        yield [
            json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict) else cell or ""
            for cell in event.values()
        ]


def _lines(marks: SecretMarks, batch: Iterable[Row[Any]]) -> bytes:
    lines = (json.dumps(exported(marks, row), ensure_ascii=False) for row in batch)
    return "".join(f"{line}\n" for line in lines).encode()


def exported(marks: SecretMarks, row: Row[Any]) -> dict[str, Any]:
    """Return an event without secrets, by the names of its columns."""
    event = {name: getattr(row, name) for name in COLUMNS}
    sides = {side: _side(marks, row, event[side]) for side in ("before", "after")}
    return event | {"at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}"} | sides


def _side(marks: SecretMarks, row: Row[Any], text: str | None) -> Fields | None:
    if text is None:
        return None
    fields = audit.fields_of(text)
    if row.target_type != "setting" or fields.get("value") is None:
        return shown_start(row, fields, marks)
    return fields | {"value": marks.shown(row.target_name, row.id, fields)}
