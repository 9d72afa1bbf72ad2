"""Options and words that the commands for rules share."""

import click

from app.cli import output
from app.domain.settings import Relation, RuleSeverity, ValueRule
from app.domain.settings.value_rules.editing import BrokenValue

severity_option = click.option(
    "--severity",
    type=click.Choice([severity.value for severity in RuleSeverity]),
    help="Whether it refuses or only warns.",
)
needs_reason_option = click.option(
    "--needs-reason/--needs-no-reason", default=None, help="Whether each change needs a reason."
)


def severity(rule: ValueRule | Relation) -> str:
    """Return the severity of a rule in one word."""
    return (RuleSeverity.WARN if rule.is_warning else RuleSeverity.REFUSE).value


def write_review(words: str, broken: list[BrokenValue], *, is_empty: bool) -> None:
    """Write the rule or relation as it would be, and which present values break it."""
    if is_empty:
        output.say("Nothing would change.")
        return
    output.write(output.printable(f"Would be saved: {words}"))
    for one in broken:
        output.write(output.printable(f"The value of {one.key} breaks it: {one.sentence}"))


def tell(what: str, broken: list[BrokenValue] | None) -> None:
    """Say what was saved, and which present values break it; None for no change."""
    if broken is None:
        output.say(f"No change: {what[0].lower()}{what[1:]} says that already.")
        return
    output.say(f"{what} was saved.")
    for one in broken:
        output.say(f"The value of {one.key} breaks it: {one.sentence}")
