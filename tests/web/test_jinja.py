"""Jinja in the console: names that every template knows, and templates compiled once."""

from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest
from flask import Flask, render_template_string

from app.template_cache import CompiledTemplates


def test_a_template_knows_the_names_of_all_and_its_own(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ icon is defined }} {{ mine }}", {"mine": 1})
    with app.test_request_context():
        assert template.render() == "True 1"
        assert render_template_string("{{ mine is defined }}") == "False"


@pytest.fixture
def keeping(tmp_path: Path) -> Callable[[], str]:
    """A page of a folder, as a process that has just started shows it."""

    def shown() -> str:
        fresh = jinja2.Environment(
            autoescape=True,
            loader=jinja2.FileSystemLoader(tmp_path),
            bytecode_cache=CompiledTemplates(tmp_path),
        )
        return fresh.get_template("page.html").render()

    return shown


def test_what_was_compiled_once_is_not_compiled_again(
    keeping: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page.html").write_text("{{ 6 * 7 }}")
    assert keeping() == "42"
    monkeypatch.setattr(jinja2.Environment, "compile", None)

    assert keeping() == "42"


def test_a_template_that_was_changed_is_compiled_again(
    keeping: Callable[[], str], tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("old")
    keeping()
    (tmp_path / "page.html").write_text("new")

    assert keeping() == "new"


def test_what_was_cut_short_is_compiled_again(keeping: Callable[[], str], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("shown")
    keeping()
    [file] = (tmp_path / "__pycache__").iterdir()
    file.write_bytes(file.read_bytes()[:-20])

    assert keeping() == "shown"


def test_a_folder_that_cannot_be_written_does_not_stop_a_page(
    keeping: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)
    (tmp_path / "page.html").write_text("shown")

    assert keeping() == "shown"


def test_the_console_keeps_what_it_compiles(app: Flask) -> None:
    assert isinstance(app.jinja_env.bytecode_cache, CompiledTemplates)
