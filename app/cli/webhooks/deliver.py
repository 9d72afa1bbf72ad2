"""``flask webhooks deliver``: the messages of the outbox are made, sent and concluded."""

import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo

from app import config
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import json_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure, in_one_line
from app.domain import webhooks
from app.domain.actor import Actor
from app.domain.phrases import counted
from app.extensions import db
from app.unit_of_work import carry_out, read

# A receiver that hangs keeps one of the threads, for 20 seconds at most.
THREADS = 4
AT_ONCE = 100


@click.command(cls=TableCommand)
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="Go on until stopped (Ctrl-C, SIGTERM), with this pause between two rounds.",
)
@json_option
def deliver(every: float | None, *, as_json: bool) -> None:
    """Send the messages that are due.

    Several processes may run at once: each message is sent by one of them. The exit code is 1 where
    a receiver did not accept a message, which is tried again later.
    """
    if every is None:
        results = _round()
        _tell(results, as_json=as_json)
        if set(results) - {webhooks.DELIVERED}:
            raise Failure("Not every message was accepted: flask webhooks list")
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        _try_round(as_json=as_json)
        stop.wait(every)


def _try_round(*, as_json: bool) -> None:
    """Deliver once; a database that is away is told, and tried again by the next round."""
    try:
        with in_one_line():
            results = _round()
    except click.ClickException as error:
        output.say(error.format_message())
    else:
        if results:
            _tell(results, as_json=as_json)
    finally:
        db.session.rollback()


def _round() -> Counter[str]:
    """Make the messages of new events, and send what is due until nothing is."""
    actor = current_actor()
    while carry_out(lambda: webhooks.fill(db.session), actor=actor):
        pass
    while carry_out(lambda: webhooks.prune(db.session), actor=actor):
        pass
    results: Counter[str] = Counter()
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    with ThreadPoolExecutor(THREADS) as pool:
        while ids := read(lambda: webhooks.due(db.session, AT_ONCE)):
            states = pool.map(lambda number: _deliver(app, number, actor), ids)
            results.update(state for state in states if state)
    return results


def _deliver(app: Flask, delivery_id: int, actor: Actor) -> str | None:
    """Send one message, with no transaction open meanwhile; return what came of it."""
    with app.app_context():
        claimed = carry_out(lambda: webhooks.claim(db.session, delivery_id), actor=actor)
        if claimed is None:
            return None
        answer = webhooks.send(claimed, config.current().webhook_networks)
        return carry_out(
            lambda: webhooks.conclude(db.session, claimed, answer, actor=actor), actor=actor
        )


def _tell(results: Counter[str], *, as_json: bool) -> None:
    if as_json:
        found: dict[str, Any] = {"delivered": results[webhooks.DELIVERED]}
        found |= {"retried": results[webhooks.PENDING], "failed": results[webhooks.FAILED]}
        output.write_json([found])
        return
    output.say(
        f"Delivered {counted(results[webhooks.DELIVERED], 'message')},"
        f" {results[webhooks.PENDING]} to be tried again, {results[webhooks.FAILED]} failed."
    )
