"""Forms read from a page as a browser would send them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

Pairs = list[tuple[str, str]]
BUTTONS = {"submit", "button", "file", "image", "reset"}


class NoForm(Exception):
    """The page has no form with that field."""


@dataclass
class Form:
    """One form of a page.

    Attributes:
        id: The id of its element; "" where it has none.
        names: The names of all its fields.
        pairs: What a browser would send if nobody touched it.
    """

    id: str = ""
    names: set[str] = field(default_factory=set)
    pairs: Pairs = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """Return what the field would send."""
        return [value.strip() for key, value in self.pairs if key == name]

    def filled(self, values: Mapping[str, Sequence[str]], pressed: Mapping[str, str]) -> str:
        """Return the body that is sent with some fields filled in and a button pressed."""
        kept = [pair for pair in self.pairs if pair[0] not in values]
        typed = [(name, value) for name, sent in values.items() for value in sent]
        return urlencode([*kept, *typed, *pressed.items()])


def find(page: str, name: str, form_id: str = "") -> Form:
    """Return the first form that has the field, and the id where one is wanted.

    Raises:
        NoForm: There is none.
    """
    reader = _Reader()
    reader.feed(page)
    for form in reader.forms:
        if name in form.names and form_id in {"", form.id}:
            return form
    raise NoForm(f"no form {form_id!r} with a field {name!r} on the page")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("id", ""))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._read_input(self._form, given)
        elif tag == "select":
            self._select = given.get("name", "")
            self._form.names.add(self._select)
        elif tag == "option" and "selected" in given:
            self._form.pairs.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = given.get("name", ""), ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            # HTML drops one line end at the beginning of a text area.
            text = self._text.removeprefix("\r").removeprefix("\n")
            self._form.names.add(self._area)
            self._form.pairs.append((self._area, text))
            self._area = None

    @staticmethod
    def _read_input(form: Form, given: Mapping[str, str]) -> None:
        kind, name = given.get("type", "text").lower(), given.get("name", "")
        if not name or kind in BUTTONS:
            return
        form.names.add(name)
        if kind not in {"checkbox", "radio"}:
            form.pairs.append((name, given.get("value", "")))
        elif "checked" in given:
            form.pairs.append((name, given.get("value", "on")))
