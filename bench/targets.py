"""The consoles that are measured, as ``targets.toml`` describes them."""

import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import postgres
from bench.places import HERE, HOME, ROOT

FILE = HERE / "targets.toml"
CONSOLE, ANYWHERE, BASELINE = "console", "console-anywhere", "baseline"


@dataclass(frozen=True)
class SignIn:
    """The page to sign in at, and how its fields are called."""

    path: str
    name: str
    password: str


@dataclass(frozen=True)
class Save:
    """A form that is filled in and sent, with a fresh one for each save.

    Attributes:
        page: The path of the page with the form; may hold ``{user}`` or ``{setting}``.
        field: The field that is filled in.
        choices: The two values that it is given in turn.
        presses: What the button of each step adds; a review is a step of its own. Only the last
            step, which saves, is timed.
        forms: The id of each step's form, where several on a page have the field.
    """

    page: str
    field: str
    choices: Sequence[Sequence[str]]
    presses: Sequence[Mapping[str, str]] = ({},)
    forms: Sequence[str] = ("",)


@dataclass(frozen=True)
class Target:
    """A console, and how it is started.

    Attributes:
        name: What it is called in tables.
        venv: The virtual environment with its packages.
        server: The command, without its folder; ``{app}`` and ``{port}`` are filled in.
        app: The WSGI application.
        family: Its databases' name, before the size.
        port: Where it listens.
        sign_in: How one signs in.
        pages: The path of each page that is asked for, by the work that it stands for.
        saves: The forms that are sent.
        folder: The folder it is started in, seen from the checkout.
        first_user: What is added to a user's number for the id.
        first_setting: What is added to a setting's number for the id.
        variables: What is added to the environment.
        is_peer: Whether it is somebody else's console.
    """

    name: str
    venv: str
    server: str
    app: str
    family: str
    port: int
    sign_in: SignIn
    pages: Mapping[str, str]
    saves: Mapping[str, Save]
    folder: str = "bench/apps"
    first_user: int = 0
    first_setting: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)
    is_peer: bool = False

    @property
    def command(self) -> list[str]:
        """The command that starts it."""
        words = self.server.format(app=self.app, port=self.port).split()
        return [str(HOME / f"v_{self.venv}" / "bin" / words[0]), *words[1:]]

    @property
    def path(self) -> Path:
        """The folder it is started in."""
        return ROOT / self.folder

    def database(self, size: str) -> str:
        """Return the name of its database of a size."""
        return f"{self.family}_{size}"

    def environment(self, database: str) -> dict[str, str]:
        """Return what is added to the environment to run on a database."""
        dsn = postgres.dsn(database)
        key = secrets.token_urlsafe(48)
        return {"BENCH_DSN": dsn, "DATABASE_URL": dsn, "SECRET_KEY": key, **self.variables}


def read() -> dict[str, Target]:
    """Return all targets by name."""
    described = tomllib.loads(FILE.read_text(encoding="utf-8"))
    servers = described["server"]
    return {name: _target(name, servers, entry) for name, entry in _flat(described["target"])}


def _flat(targets: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries; one that is ``like`` another has all that it does not say itself."""
    return [
        (name, {**targets.get(entry.get("like"), {}), **entry}) for name, entry in targets.items()
    ]


def _target(name: str, servers: Mapping[str, str], entry: Mapping[str, Any]) -> Target:
    kept = {key: value for key, value in entry.items() if key != "like"}
    kept["server"] = servers[kept["server"]]
    kept["sign_in"] = SignIn(**kept["sign_in"])
    kept["saves"] = {work: Save(**save) for work, save in kept.get("saves", {}).items()}
    return Target(name=name, **kept)
