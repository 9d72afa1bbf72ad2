"""``flask settings rules`` and ``rule``: the rules of settings, one by one."""

from dataclasses import replace
from functools import partial
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, Misuse
from app.cli.rules import shared
from app.domain import settings as domain
from app.domain.settings import ValueRule
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import RuleEdit, RuleLine, TypedRule
from app.extensions import db
from app.unit_of_work import carry_out, read

SIMPLE = ("choices", "minimum", "maximum", "pattern", "is_size")


@click.command(cls=TableCommand)
@json_option
def rules(*, as_json: bool) -> None:
    """List the rules of all settings, each with what the stored value breaks."""
    found = editing.all_rules(db.session).rules
    if as_json:
        output.write_json(
            _as_object(one.key, one.rule) | {"broken": _broken(one), "unchecked": one.unchecked}
            for one in found
        )
        return
    rows = ((one.key, one.words, "; ".join([*_broken(one), *one.unchecked])) for one in found)
    output.write_table(("KEY", "RULE", "PRESENT VALUE"), rows)


@click.command(cls=TableCommand)
@click.argument("key", type=TEXT)
@click.option("--choice", "choices", type=TEXT, multiple=True, help="A value to choose from.")
@click.option("--minimum", type=TEXT, help="The lowest value; empty for none.")
@click.option("--maximum", type=TEXT, help="The highest value; empty for none.")
@click.option("--pattern", type=TEXT, help="An RE2 expression to be found in the value.")
@click.option("--size/--no-size", "is_size", default=None, help="A size such as 100MB.")
@click.option("--schema-file", type=click.File(), help="A JSON Schema; - for standard input.")
@click.option("--unit", type=TEXT, help="The unit, such as seconds; empty for none.")
@shared.severity_option
@shared.needs_reason_option
@click.option("--remove", is_flag=True, help="Remove the rule.")
@dry_run_option
@json_option
@reason_option
def rule(key: str, *, remove: bool, as_json: bool, schema_file: Any, **options: Any) -> None:
    """Show the rule of a setting, or change what the options name.

    A schema file replaces choices, bounds, pattern and size. With --dry-run, the new rule is only
    printed, and whether the present value breaks it.
    """
    reason, dry_run = options.pop("reason"), options.pop("dry_run")
    given = {name: value for name, value in options.items() if value not in {None, ()}}
    if "choices" in given:
        given["choices"] = "\n".join(given["choices"])
    if schema_file:
        cleared = {name: getattr(TypedRule(), name) for name in SIMPLE}
        given = {**cleared, "schema": schema_file.read(), **given}
    if "needs_reason" in given:
        given["requires_reason"] = given.pop("needs_reason")
    if remove and (given or dry_run):
        raise Misuse("Use --remove without other options.")
    if remove:
        _remove(key, reason)
    elif given:
        _change(key, given, reason, dry_run=dry_run)
    else:
        _show(key, as_json=as_json)


def _broken(line: RuleLine) -> list[str]:
    return list(filter(None, line.findings))


def _show(key: str, *, as_json: bool) -> None:
    found = editing.own_rule(db.session, key)
    if as_json:
        output.write_json([_as_object(key, found)])
    else:
        output.write(editing.rule_in_words(found))


def _as_object(key: str, rule: ValueRule) -> dict[str, Any]:
    return {
        "key": key,
        "schema": domain.keywords(rule.schema) or None,
        "unit": rule.unit,
        "severity": shared.severity(rule),
        "requires_reason": rule.requires_reason,
        "words": editing.rule_in_words(rule),
    }


def _change(key: str, given: dict[str, Any], reason: str, *, dry_run: bool) -> None:
    setting = domain.by_key(db.session, key)
    setting_id, stored = setting.id, editing.own_rule(db.session, key)
    typed = replace(editing.typed_of(stored, setting.data_type), **given)
    edit, actor = RuleEdit(typed, editing.rule_etag(stored), reason), current_actor()
    review = read(lambda: editing.review_rule(db.session, setting_id, edit, actor=actor))
    if dry_run:
        words = editing.rule_in_words(review.after)
        shared.write_review(words, review.broken, is_empty=review.is_empty)
        return
    change = partial(editing.change_rule, db.session, setting_id, edit, actor=actor)
    event = carry_out(change, actor=actor)
    shared.tell(f"The rule of {key}", None if event is None else review.broken)


def _remove(key: str, reason: str) -> None:
    actor = current_actor()
    remove = partial(editing.remove_rule, db.session, key, reason, actor=actor)
    if carry_out(remove, actor=actor) is None:
        raise Failure(f"{key} has no rule.")
    output.say(f"Removed the rule of {key}.")
