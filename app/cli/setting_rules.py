"""Commands of ``flask settings`` for rules: of one setting, between settings, for categories."""

from dataclasses import replace
from functools import partial
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, Misuse
from app.domain import settings as domain
from app.domain.errors import NotFound
from app.domain.settings import RuleSeverity
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import (
    BrokenValue,
    FlagsEdit,
    RelationEdit,
    RuleEdit,
    TypedRule,
)
from app.extensions import db
from app.unit_of_work import carry_out, read

SIMPLE = ("choices", "minimum", "maximum", "pattern", "is_size")

severity_option = click.option(
    "--severity",
    type=click.Choice([severity.value for severity in RuleSeverity]),
    help="Whether it refuses or only warns.",
)
needs_reason_option = click.option(
    "--needs-reason/--needs-no-reason", default=None, help="Whether each change needs a reason."
)


@click.command(cls=TableCommand)
@click.argument("key", type=TEXT)
@click.option("--choice", "choices", type=TEXT, multiple=True, help="A value to choose from.")
@click.option("--minimum", type=TEXT, help="The lowest value; empty for none.")
@click.option("--maximum", type=TEXT, help="The highest value; empty for none.")
@click.option("--pattern", type=TEXT, help="An RE2 expression to be found in the value.")
@click.option("--size/--no-size", "is_size", default=None, help="A size such as 100MB.")
@click.option("--schema-file", type=click.File(), help="A JSON Schema; - for standard input.")
@click.option("--unit", type=TEXT, help="The unit, such as seconds; empty for none.")
@severity_option
@needs_reason_option
@click.option("--remove", is_flag=True, help="Remove the rule.")
@reason_option
def rule(key: str, reason: str, *, remove: bool, schema_file: Any, **options: Any) -> None:
    """Show the rule of a setting, or change what the options name.

    A schema file replaces choices, bounds, pattern and size.
    """
    given = {name: value for name, value in options.items() if value not in {None, ()}}
    if "choices" in given:
        given["choices"] = "\n".join(given["choices"])
    if schema_file:
        cleared = {name: getattr(TypedRule(), name) for name in SIMPLE}
        given = {**cleared, "schema": schema_file.read(), **given}
    if "needs_reason" in given:
        given["requires_reason"] = given.pop("needs_reason")
    if remove and given:
        raise Misuse("Use --remove without other options.")
    if remove:
        _remove(key, reason)
    elif given:
        _change(key, given, reason)
    else:
        _show(key)


@click.command(cls=TableCommand)
def relations() -> None:
    """List the relations between settings, with their numbers."""
    found = editing.all_rules(db.session).relations
    rows = (
        (
            str(one.relation.id),
            one.relation.expression,
            "warn" if one.relation.is_warning else "refuse",
            one.broken or ("" if one.relation.is_readable else "cannot be read"),
        )
        for one in found
    )
    output.write_table(("NUMBER", "RELATION", "SEVERITY", "PRESENT VALUES"), rows)


@click.command("add-relation", cls=TableCommand)
@click.argument("expression", type=TEXT)
@severity_option
@click.option("--message", type=TEXT, default="", help="The sentence for values that break it.")
@click.option("--replaces", type=click.IntRange(1, 2**31 - 1), help="The number of another one.")
@reason_option
def add_relation(
    expression: str, severity: str | None, message: str, replaces: int | None, reason: str
) -> None:
    """Add a relation between settings, such as "chunk_overlap < chunk_size"."""
    number, actor = replaces or editing.NEW, current_actor()
    etag = read(lambda: _etag(number)) if replaces else ""
    edit = RelationEdit(expression, severity or RuleSeverity.REFUSE, message, etag, reason)
    review = read(lambda: editing.review_relation(db.session, number, edit, actor=actor))
    event = carry_out(
        partial(editing.put_relation, db.session, number, edit, actor=actor), actor=actor
    )
    for key in review.found.missing:
        output.say(f"No setting is named {key}.")
    _say("The relation", None if event is None else review.found.broken)


@click.command("remove-relation", cls=TableCommand)
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@reason_option
def remove_relation(number: int, reason: str) -> None:
    """Remove a relation; "flask settings relations" lists their numbers."""
    actor = current_actor()
    edit = RelationEdit("", etag=read(lambda: _etag(number)), reason=reason)
    remove = partial(editing.remove_relation, db.session, number, edit, actor=actor)
    output.say(f"Removed the relation {carry_out(remove, actor=actor).target_name}.")


@click.command(cls=TableCommand)
@click.argument("name", type=TEXT)
@needs_reason_option
@reason_option
def category(name: str, reason: str, *, needs_reason: bool | None) -> None:
    """Show or say whether each change of a setting of a category needs a reason.

    The empty NAME is that of settings without a category.
    """
    present = read(lambda: editing.category_flags(db.session))
    if name not in present:
        raise NotFound(f"No category is named {name}.")
    if needs_reason is None:
        output.write("needs a reason" if present[name] else "needs no reason")
        return
    names = {each for each, is_flagged in present.items() if is_flagged} - {name}
    names |= {name} if needs_reason else set()
    edit, actor = FlagsEdit(names, editing.flags_etag(present), reason), current_actor()
    events = carry_out(partial(editing.change_flags, db.session, edit, actor=actor), actor=actor)
    _say("The category", [] if events else None)


COMMANDS = (rule, relations, add_relation, remove_relation, category)


def _show(key: str) -> None:
    words = editing.rule_in_words(editing.own_rule(db.session, key))
    output.write(words)


def _change(key: str, given: dict[str, Any], reason: str) -> None:
    setting = domain.by_key(db.session, key)
    setting_id, stored = setting.id, editing.own_rule(db.session, key)
    typed = replace(editing.typed_of(stored, setting.data_type), **given)
    edit, actor = RuleEdit(typed, editing.rule_etag(stored), reason), current_actor()
    review = read(lambda: editing.review_rule(db.session, setting_id, edit, actor=actor))
    change = partial(editing.change_rule, db.session, setting_id, edit, actor=actor)
    event = carry_out(change, actor=actor)
    _say(f"The rule of {key}", None if event is None else review.broken)


def _remove(key: str, reason: str) -> None:
    actor = current_actor()
    remove = partial(editing.remove_rule, db.session, key, reason, actor=actor)
    if carry_out(remove, actor=actor) is None:
        raise Failure(f"{key} has no rule.")
    output.say(f"Removed the rule of {key}.")


def _etag(number: int) -> str:
    return editing.relation_etag(editing.get_relation(db.session, number))


def _say(what: str, broken: list[BrokenValue] | None) -> None:
    """Say what was saved, and which present values break it; None for no change."""
    if broken is None:
        output.say(f"No change: {what[0].lower()}{what[1:]} says that already.")
        return
    output.say(f"{what} was saved.")
    for one in broken:
        output.say(f"The value of {one.key} breaks it: {one.sentence}")
