"""``flask attention``: the findings of the overview, listed, put aside and taken up."""

from functools import partial
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure
from app.domain import audit, overview
from app.domain.confirmation import Confirmation
from app.domain.overview import Attention, Finding, PutAside, Topic
from app.extensions import db
from app.models.base import utcnow
from app.unit_of_work import carry_out, read

WARNING, ASIDE, GOOD_TO_KNOW = "warning", "put aside", "good to know"
TITLES = ("TOPIC", "STATE", "FINDING")

topic_argument = click.argument("topic", type=click.Choice([topic.value for topic in Topic]))


@click.group(cls=CommandGroup)
def attention() -> None:
    """List what needs attention, put warnings aside, and take them up again.

    TOPIC is the one that the list shows.
    """


@attention.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the findings of the overview, the worst first."""
    found = current()
    objects = [
        *(_as_object(finding, WARNING) for finding in found.warnings),
        *(_put_aside(aside) for aside in found.put_aside),
        *(_as_object(finding, GOOD_TO_KNOW) for finding in found.good_to_know),
    ]
    if as_json:
        output.write_json(objects)
    else:
        output.write_table(TITLES, map(_as_cells, objects))


@attention.command("put-aside")
@topic_argument
@reason_option
def put_aside(topic: str, reason: str) -> None:
    """Put a warning aside for 30 days; it needs a reason.

    A warning that has changed meanwhile is shown again earlier.
    """
    warnings = read(current).warnings
    finding = next((finding for finding in warnings if finding.topic == topic), None)
    if finding is None:
        raise Failure(f"No warning has the topic {topic}.")
    _record(overview.put_aside, finding, reason)
    output.say(f"Put aside for 30 days: {finding.title}.")


@attention.command("take-up")
@topic_argument
@reason_option
def take_up(topic: str, reason: str) -> None:
    """Show a warning again that was put aside."""
    found = read(current).put_aside
    finding = next((aside.finding for aside in found if aside.finding.topic == topic), None)
    if finding is None:
        raise Failure(f"No warning with the topic {topic} is put aside.")
    _record(overview.take_up, finding, reason)
    output.say(f"Shown again: {finding.title}.")


def current() -> Attention:
    """Return the findings of now, those of the failed sign-ins by the days of UTC."""
    now = utcnow()
    days = audit.per_day(db.session, 2, now=now)
    known = overview.facts(db.session, lambda _: True, days)
    return overview.divide(db.session, overview.findings(known, now=now), now=now)


def _record(change: Any, finding: Finding, reason: str) -> None:
    actor, typed = current_actor(), Confirmation(reason)
    carry_out(partial(change, db.session, typed, finding=finding, actor=actor), actor=actor)


def _as_object(finding: Finding, state: str) -> dict[str, Any]:
    return {
        "topic": finding.topic.value,
        "state": state,
        "title": finding.title,
        "cause": finding.cause,
    }


def _put_aside(aside: PutAside) -> dict[str, Any]:
    event = aside.event
    told = {"by": event.actor_name, "reason": event.reason, "until": aside.until.isoformat()}
    return _as_object(aside.finding, ASIDE) | told


def _as_cells(row: dict[str, Any]) -> tuple[str, ...]:
    state = f"{ASIDE} until {row['until'][:10]}" if row["state"] == ASIDE else row["state"]
    return (row["topic"], state, f"{row['title']}. {row['cause']}")
