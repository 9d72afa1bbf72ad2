"""``flask settings status``: what the programs that read the settings run of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from app.cli import output
from app.cli.arguments import TEXT, json_option
from app.cli.failures import Failure
from app.domain import settings as domain
from app.domain.errors import NotFound
from app.domain.phrases import counted
from app.domain.settings import Effect, SettingLine
from app.extensions import db

TITLES = ("KEY", "READERS", "SINCE", "OTHERWISE")


@click.command()
@click.argument("key", type=TEXT, required=False)
@click.option("--all", "as_all", is_flag=True, help="List settings without a difference, too.")
@json_option
def status(key: str | None, *, as_all: bool, as_json: bool) -> None:
    """Say which programs run the stored values, and what the others run instead.

    Without KEY, settings are listed that a program has from elsewhere, or not yet. The exit code is
    1 if a program runs another value than the stored one.
    """
    lines = _lines(key)
    shown = [line for line in lines if as_all or key is not None or line.effect.deviations]
    if as_json:
        output.write_json(_as_object(line) for line in shown)
    elif key is not None:
        for sentence in _sentences(shown[0].effect):
            output.write(output.printable(sentence))
    elif shown:
        output.write_table(TITLES, (_as_cells(line) for line in shown))
    differing = [line for line in lines if line.effect.others]
    if not as_json and key is None:
        output.say(_summary(lines))
    if differing:
        raise Failure(counted(len(differing), "setting is", "settings are") + " not run as stored.")


def _lines(key: str | None) -> list[SettingLine]:
    lines = [line for line in domain.read_all(db.session) if key in {None, line.key}]
    if key is not None and not lines:
        raise NotFound(f"There is no setting named {key}.")
    return lines


def _sentences(effect: Effect) -> Iterator[str]:
    moment = effect.since or effect.last_seen
    yield effect.headline + (f" since {_time(moment)}" if moment else "")
    yield from (deviation.sentence for deviation in effect.deviations)


def _summary(lines: list[SettingLine]) -> str:
    readers = lines[0].effect.readers if lines else 0
    if not readers:
        return "No program reports what it reads."
    return f"{counted(readers, 'reader reports', 'readers report')}."


def _as_cells(line: SettingLine) -> tuple[str, ...]:
    effect = line.effect
    return (
        line.key,
        f"{effect.running} of {effect.readers}" if effect.readers else "unknown",
        _time(effect.since) if effect.since else "",
        "; ".join(deviation.sentence for deviation in effect.deviations),
    )


def _as_object(line: SettingLine) -> dict[str, Any]:
    effect = line.effect
    return {
        "key": line.key,
        "readers": effect.readers,
        "running": effect.running,
        "since": effect.since and effect.since.isoformat(),
        "last_seen": effect.last_seen and effect.last_seen.isoformat(),
        "deviations": [
            {"reader": one.reader, "kind": one.kind, "value": one.value, "is_other": one.is_other}
            for one in effect.deviations
        ],
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
