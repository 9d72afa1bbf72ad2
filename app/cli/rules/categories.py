"""``flask settings category``: the categories whose settings need a reason for each change."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Misuse
from app.cli.rules import shared
from app.domain.errors import NotFound
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import FlagsEdit
from app.extensions import db
from app.unit_of_work import carry_out, read

WORDS = {True: "needs a reason", False: "needs no reason"}


@click.command(cls=TableCommand)
@click.argument("name", type=TEXT, required=False)
@shared.needs_reason_option
@json_option
@reason_option
def category(name: str | None, reason: str, *, needs_reason: bool | None, as_json: bool) -> None:
    """Show or say whether each change of a setting of a category needs a reason.

    Without NAME, all categories are listed. The empty NAME is that of settings without a category.
    """
    present = read(lambda: editing.category_flags(db.session))
    if name is None:
        if needs_reason is not None:
            raise Misuse("Name a category.")
        _list(present, as_json=as_json)
        return
    if name not in present:
        missing = f"There is no category named {name}." if name else "Every setting has a category."
        raise NotFound(missing)
    if needs_reason is None:
        if as_json:
            output.write_json(_as_objects({name: present[name]}))
        else:
            output.write(WORDS[present[name]])
        return
    names = {each for each, is_flagged in present.items() if is_flagged} - {name}
    names |= {name} if needs_reason else set()
    edit, actor = FlagsEdit(names, editing.flags_etag(present), reason), current_actor()
    events = carry_out(partial(editing.change_flags, db.session, edit, actor=actor), actor=actor)
    shared.tell("The category", [] if events else None)


def _list(present: dict[str, bool], *, as_json: bool) -> None:
    if as_json:
        output.write_json(_as_objects(present))
        return
    rows = ((name, WORDS[is_needed]) for name, is_needed in present.items())
    output.write_table(("CATEGORY", "EACH CHANGE"), rows)


def _as_objects(present: dict[str, bool]) -> Iterator[dict[str, Any]]:
    for name, is_needed in present.items():
        yield {"name": name, "requires_reason": is_needed}
