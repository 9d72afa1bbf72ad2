"""``flask export``: settings, rules, roles and assignments as a transfer file."""

from typing import BinaryIO

import click

from app import unit_of_work
from app.cli import output
from app.cli.actor import current_actor
from app.cli.commands import TableCommand
from app.domain import transfer
from app.domain.transfer import Part, TransferFormat
from app.extensions import db

FORMATS = click.Choice([each.value for each in TransferFormat])
PARTS = click.Choice([each.value for each in Part])


@click.command(cls=TableCommand)
@click.argument("file", type=click.File("wb", lazy=True, atomic=True), default="-")
@click.option("--format", "file_format", type=FORMATS, default="yaml", help="By default yaml.")
@click.option("--json", "file_format", flag_value="json", help="The same as --format json.")
@click.option("--only", "parts", type=PARTS, multiple=True, help="This part (can be repeated).")
@click.option("--schema", "as_schema", is_flag=True, help="Write the JSON Schema of the file.")
def export(file: BinaryIO, file_format: str, parts: tuple[str, ...], *, as_schema: bool) -> None:
    """Write settings, rules, roles and assignments to FILE, or to standard output.

    The file contains no secrets and no passwords, and its order depends on its content only.
    Each export is recorded.
    """
    if as_schema:
        file.write(transfer.schema_text().encode())
        return
    actor = current_actor()
    chosen = frozenset(map(Part, parts or Part))
    content = unit_of_work.read(lambda: transfer.export(db.session, chosen, actor=actor))
    kind = TransferFormat(file_format)
    after = {"parts": content.parts, "format": kind.value}
    unit_of_work.record(transfer.EXPORTED, transfer.TARGET, actor=actor, after=after)
    file.write(transfer.written(content, kind).encode())
    if file.name != "-":
        output.say(f"Wrote {file.name}.")
