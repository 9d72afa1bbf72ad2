"""Transfer: settings, rules, roles and assignments as a file, exported and read again."""

from app.domain.transfer.env_file import read_env
from app.domain.transfer.export import EXPORTED, TARGET, export
from app.domain.transfer.import_impact import AffectedPeople, ImportImpact
from app.domain.transfer.import_plan import ImportEdit, ImportPlan
from app.domain.transfer.importing import compare, import_file, review_import
from app.domain.transfer.reading import read_file, read_text
from app.domain.transfer.schema import schema_text
from app.domain.transfer.secret_values import keys_in_text, keys_with_values
from app.domain.transfer.transfer_file import Part, TransferFile, as_object
from app.domain.transfer.user_creation import create_rows
from app.domain.transfer.user_rows import RowResult, SeenRows, UserRow, plan_rows
from app.domain.transfer.users_file import batches, read_users
from app.domain.transfer.writing import TransferFormat, written

__all__ = [
    "EXPORTED",
    "TARGET",
    "AffectedPeople",
    "ImportEdit",
    "ImportImpact",
    "ImportPlan",
    "Part",
    "RowResult",
    "SeenRows",
    "TransferFile",
    "TransferFormat",
    "UserRow",
    "as_object",
    "batches",
    "compare",
    "create_rows",
    "export",
    "import_file",
    "keys_in_text",
    "keys_with_values",
    "plan_rows",
    "read_env",
    "read_file",
    "read_text",
    "read_users",
    "review_import",
    "schema_text",
    "written",
]
