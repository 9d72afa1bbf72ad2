"""Saving: a fresh form for each save, and only the save timed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from bench import forms
from bench.client import FOUND, OK, Answer, Client, Unexpected
from bench.processes import Cpu, Server
from bench.targets import Save, Target

USERS = range(21, 37)
SETTINGS = range(4, 36, 4)
MOST = 400
FEWEST = 20
WARMING = 16
# What a worker does after its answer belongs to the save as well.
SETTLING = 0.003
MILLISECONDS = 1e3


@dataclass(frozen=True)
class Prepared:
    """A save that is only to be sent: where, what, and what the form has to show afterwards."""

    path: str
    body: str
    choice: list[str]


def paths(save: Save, target: Target) -> Iterator[str]:
    """Yield the pages whose forms are sent, over and over."""
    numbers = USERS if "{user}" in save.page else SETTINGS
    for number in cycle(numbers):
        yield save.page.format(
            user=number + target.first_user, setting=number + target.first_setting
        )


def prepare(client: Client, save: Save, path: str) -> Prepared:
    """Read the form, fill in the value that is not there now, and take all steps but the last."""
    form = client.form(path, save.field, save.forms[0])
    first, second = map(list, save.choices)
    choice = second if sorted(form.values(save.field)) == first else first
    *before, last = save.presses
    for number, press in enumerate(before, start=1):
        page = client.post(path, form.filled({save.field: choice}, press)).demand(OK)
        form = forms.find(page.text, save.field, save.forms[number])
    return Prepared(path, form.filled({save.field: choice}, last), choice)


def send(client: Client, prepared: Prepared) -> Answer:
    """Send what was prepared."""
    return client.post(prepared.path, prepared.body).demand(*FOUND)


def check(client: Client, save: Save, prepared: Prepared) -> None:
    """Look whether the form shows what was saved.

    Raises:
        Unexpected: It shows something else.
    """
    shown = sorted(client.form(prepared.path, save.field, save.forms[0]).values(save.field))
    if shown != sorted(prepared.choice):
        raise Unexpected(f"{prepared.path} shows {shown} instead of {prepared.choice}")


def repeat(
    client: Client, target: Target, save: Save, server: Server, seconds: int
) -> tuple[list[float], Cpu]:
    """Save again and again, and return the milliseconds of each, and the processor time of all.

    Args:
        client: Somebody who is signed in.
        target: The console.
        save: The form.
        server: The console's processes.
        seconds: How long to go on.
    """
    pages = paths(save, target)
    for _ in range(WARMING):
        prepared = prepare(client, save, next(pages))
        send(client, prepared)
    taken: list[float] = []
    cpu = Cpu(0, 0)
    end = time.monotonic() + seconds
    while len(taken) < MOST and (time.monotonic() < end or len(taken) < FEWEST):
        prepared = prepare(client, save, next(pages))
        before = server.cpu()
        taken.append(send(client, prepared).seconds * MILLISECONDS)
        time.sleep(SETTLING)
        cpu += server.cpu() - before
    check(client, save, prepared)
    return taken, cpu
