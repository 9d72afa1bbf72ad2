"""``flask settings relations``, ``add-relation`` and ``remove-relation``."""

from functools import partial
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.rules import shared
from app.domain.settings import RuleSeverity
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import RelationEdit, RelationLine
from app.extensions import db
from app.unit_of_work import carry_out, read


@click.command(cls=TableCommand)
@json_option
def relations(*, as_json: bool) -> None:
    """List the relations between settings, with their numbers."""
    found = editing.all_rules(db.session).relations
    if as_json:
        output.write_json(map(_as_object, found))
        return
    rows = (
        (
            str(one.relation.id),
            one.relation.expression,
            shared.severity(one.relation),
            "; ".join(_findings(one)),
        )
        for one in found
    )
    output.write_table(("NUMBER", "RELATION", "SEVERITY", "PRESENT VALUES"), rows)


@click.command("add-relation", cls=TableCommand)
@click.argument("expression", type=TEXT)
@shared.severity_option
@click.option("--message", type=TEXT, default="", help="The sentence for values that break it.")
@click.option("--replaces", type=click.IntRange(1, 2**31 - 1), help="The number of another one.")
@dry_run_option
@reason_option
def add_relation(
    expression: str, severity: str | None, *, replaces: int | None, dry_run: bool, **texts: str
) -> None:
    """Add a relation between settings, such as "chunk_overlap < chunk_size"."""
    message, reason = texts["message"], texts["reason"]
    number, actor = replaces or editing.NEW, current_actor()
    etag = read(lambda: _etag(number)) if replaces else ""
    edit = RelationEdit(expression, severity or RuleSeverity.REFUSE, message, etag, reason)
    review = read(lambda: editing.review_relation(db.session, number, edit, actor=actor))
    put = partial(editing.put_relation, db.session, number, edit, actor=actor)
    event = None if dry_run else carry_out(put, actor=actor)
    found = review.found
    for sentence in (*editing.silent(found.missing, found.secret), *found.unchecked):
        output.say(sentence)
    if dry_run:
        words = editing.relation_in_words(review.after)
        shared.write_review(words, review.found.broken, is_empty=review.is_empty)
        return
    shared.tell("The relation", None if event is None else review.found.broken)


@click.command("remove-relation", cls=TableCommand)
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@reason_option
def remove_relation(number: int, reason: str) -> None:
    """Remove a relation; "flask settings relations" lists their numbers."""
    actor = current_actor()
    edit = RelationEdit("", etag=read(lambda: _etag(number)), reason=reason)
    remove = partial(editing.remove_relation, db.session, number, edit, actor=actor)
    output.say(f"Removed the relation {carry_out(remove, actor=actor).target_name}.")


def _findings(line: RelationLine) -> list[str]:
    unread = "" if line.relation.is_readable else "cannot be read"
    return list(filter(None, [line.broken, unread, *line.unchecked]))


def _etag(number: int) -> str:
    return editing.relation_etag(editing.get_relation(db.session, number))


def _as_object(line: RelationLine) -> dict[str, Any]:
    relation = line.relation
    return {
        "id": relation.id,
        "expression": relation.expression,
        "severity": shared.severity(relation),
        "message": relation.message,
        "is_readable": relation.is_readable,
        "broken": line.broken,
        "unchecked": line.unchecked,
    }
