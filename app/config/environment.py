"""Environment variables, read one by one and checked."""

import io
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import click
from dotenv import dotenv_values
from dotenv.parser import parse_stream

_DOTENV = Path(".env")


class ConfigurationError(click.ClickException):
    """A variable cannot be used; the line names it.

    The line never repeats a value that might be a password typed into the wrong place. A command
    shows the line and ends with exit code 2.
    """

    exit_code = 2


class Variables:
    """The variables of the environment. An empty variable counts as not set."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def names(self) -> set[str]:
        """Return the names of the variables that are set."""
        return {name for name, value in self._values.items() if value.strip()}

    def text(self, name: str, default: str = "") -> str:
        """Return a text without the spaces around it."""
        value = self._values.get(name, "").strip()
        check_printable(name, value)
        return value or default

    def secret(self, name: str) -> str | None:
        """Return a secret exactly as it was given, or None."""
        value = self._values.get(name, "")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ConfigurationError(f"{name} is not valid UTF-8.") from None
        return value or None

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between two limits."""
        return whole_number(name, self.text(name, str(default)), low=low, high=high)


def check_printable(name: str, value: str) -> None:
    """Refuse control characters and what was not valid UTF-8."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ConfigurationError(f"{name} must not contain control characters.")


def whole_number(name: str, text: str, *, low: int, high: int) -> int:
    """Return ``text`` as a whole number between two limits."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(high))
    if not is_number or not low <= int(text) <= high:
        raise ConfigurationError(f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def from_process() -> dict[str, str]:
    """Return the variables of the process and, for what is not set there, of ``.env``.

    Raises:
        ConfigurationError: The file cannot be read, or a line of it.
    """
    text = _dotenv()
    for line in parse_stream(io.StringIO(text)):
        if line.error:
            number = line.original.line + _blank_lines_before(line.original.string)
            raise ConfigurationError(
                f".env in the current folder: line {number} is not NAME=value."
                " Put a value with quotes, spaces or # in single quotes."
            )
    filed = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in filed.items() if value is not None} | dict(os.environ)


def _dotenv() -> str:
    # Editors on Windows begin the file with a byte order mark, which is no part of the first name.
    # A folder of that name is somebody's virtual environment.
    try:
        is_there = _DOTENV.exists() and not _DOTENV.is_dir()
        text = _DOTENV.read_text(encoding="utf-8-sig") if is_there else ""
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise ConfigurationError(
            f".env in the current folder cannot be read ({error.strerror})."
        ) from None
    if "\0" in text:
        raise ConfigurationError(".env in the current folder cannot be read as UTF-8.")
    return text


def _blank_lines_before(statement: str) -> int:
    return statement[: len(statement) - len(statement.lstrip())].count("\n")
