"""Transfer: settings, roles and assignments as a file, exported and read again."""

from app.domain.transfer.export import EXPORTED, TARGET, export
from app.domain.transfer.reading import read_file
from app.domain.transfer.schema import schema_text
from app.domain.transfer.transfer_file import Part, TransferFile
from app.domain.transfer.writing import TransferFormat, written

__all__ = [
    "EXPORTED",
    "TARGET",
    "Part",
    "TransferFile",
    "TransferFormat",
    "export",
    "read_file",
    "schema_text",
    "written",
]
