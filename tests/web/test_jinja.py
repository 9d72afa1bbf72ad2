"""Jinja in the console: names that every template knows, and templates compiled once."""

import errno
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest
from flask import Flask, render_template_string
from markupsafe import Markup
from werkzeug.local import LocalProxy

from app.template_cache import CompiledTemplates


def test_a_template_knows_the_names_of_all_and_its_own(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ icon is defined }} {{ mine }}", {"mine": 1})
    with app.test_request_context():
        assert template.render() == "True 1"
        assert render_template_string("{{ mine is defined }}") == "False"


WRITTEN = [
    *("", "plain", "<b>&\"'</b>", "é\u2028", 0, -7, 1.5, True, None, [1, "<"], {"<": ">"}),
    *(Markup("<b>&amp;</b>"), jinja2.Undefined(name="x"), Path("<a>"), LocalProxy(lambda: "<p>")),
]


@pytest.mark.parametrize("source", ["{{ x }}", "{% macro m() %}{{ x }}{% endmacro %}{{ m() }}"])
def test_values_are_escaped_as_jinja_escapes_them(app: Flask, source: str) -> None:
    plain = jinja2.Environment(autoescape=True).from_string(source)
    ours = app.jinja_env.from_string(source)

    assert [ours.render(x=x) for x in WRITTEN] == [plain.render(x=x) for x in WRITTEN]


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


TORN = {
    "cut": lambda whole, at: whole[:at],
    "zeros": lambda whole, at: whole[:at] + bytes(len(whole) - at),
    "garbage": lambda whole, at: whole[:at] + bytes(range(256)) * 4,
    "one byte": lambda whole, at: whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
    "of an older console": lambda whole, at: whole[32 : 32 + at],
}


@pytest.mark.parametrize("torn", TORN.values(), ids=TORN)
def test_a_torn_file_is_made_again(
    keeping: Callable[[], str],
    tmp_path: Path,
    torn: Callable[[bytes, int], bytes],
) -> None:
    (tmp_path / "page.html").write_text("{{ 6 * 7 }} {% for n in range(3) %}{{ n }}{% endfor %}")
    shown = keeping()
    [file] = (tmp_path / "__pycache__").iterdir()
    whole = file.read_bytes()

    for at in range(0, len(whole), 23):
        file.write_bytes(torn(whole, at))
        assert keeping() == shown, at
        assert file.read_bytes() == whole, at


def test_what_cannot_be_read_is_made_again(keeping: Callable[[], str], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("shown")
    keeping()
    [file] = (tmp_path / "__pycache__").iterdir()
    file.unlink()
    file.symlink_to(file)  # Not even root can read this.

    assert keeping() == "shown"
    assert not file.is_symlink()


def test_what_cannot_be_written_whole_is_not_left_behind(
    keeping: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def fill_the_disk(path: Path, content: bytes) -> int:
        write(path, content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "page.html").write_text("shown")
    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)

    assert keeping() == "shown"
    assert list((tmp_path / "__pycache__").iterdir()) == []


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
