"""The forms, links and text of a page, read as a browser reads them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

UNSEEN = {"script", "style", "template", "title"}
INLINE = {
    *("a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "mark", "q", "s", "samp", "small"),
    *("span", "strong", "sub", "sup", "time", "u", "var", "wbr", "del", "ins"),
}
PRESSED = {"submit", "image"}
TICKED = {"checkbox", "radio"}
LINE_BREAK = re.compile(r"\r\n?|\n")
Value = object


@dataclass
class Control:
    """One control of a form, as the page was served.

    Attributes:
        kind: The type of an input, "textarea", "select", or "submit" for a button.
        value: What it sends; for a box, what it sends when ticked.
        chosen: Whether a box is ticked, or an option selected.
        options: The values of a select, with those that are selected.
    """

    name: str
    kind: str
    value: str = ""
    chosen: bool = False
    disabled: bool = False
    readonly: bool = False
    formaction: str | None = None
    options: list[tuple[str, bool]] = field(default_factory=list)
    multiple: bool = False

    def sends(self) -> list[str]:
        """Return the values it sends if nobody touches it."""
        if self.disabled or not self.name or self.kind in PRESSED | {"button", "reset", "file"}:
            return []
        if self.kind == "select":
            return self._selected()
        if self.kind in TICKED:
            return [self.value] if self.chosen else []
        return [self.value]

    def _selected(self) -> list[str]:
        selected = [value for value, is_selected in self.options if is_selected]
        if self.multiple:
            return selected
        # A drop-down without a selected option shows the first one, and sends it.
        return selected[-1:] or [value for value, _ in self.options[:1]]


@dataclass
class Form:
    """One form of a page."""

    id: str
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def named(self, name: str) -> list[Control]:
        """Return the controls with a name."""
        return [control for control in self.controls if control.name == name]

    def has(self, names: Iterable[str]) -> bool:
        """Tell whether there is a control for every name."""
        return all(self.named(name) for name in names)

    def filled(self, fields: dict[str, Value]) -> tuple[str, list[tuple[str, str]]]:
        """Return where the form goes and what it sends once ``fields`` are filled in."""
        pairs: list[tuple[str, str]] = []
        for name in dict.fromkeys(control.name for control in self.controls):
            controls = self.named(name)
            if name in fields and not _are_buttons(controls):
                pairs += [(name, text) for text in _filled(name, controls, fields[name])]
            else:
                pairs += [(name, text) for control in controls for text in control.sends()]
        button = self._pressed(fields)
        if button is not None and button.name:
            pairs.append((button.name, button.value))
        # Every line break is sent as CRLF, also that of a hidden field (HTML, 4.10.21.8).
        sent = [(name, LINE_BREAK.sub("\r\n", text)) for name, text in pairs]
        return (button and button.formaction) or self.action, sent

    def _pressed(self, fields: dict[str, Value]) -> Control | None:
        buttons = [one for one in self.controls if one.kind in PRESSED and not one.disabled]
        for button in buttons:
            if button.name in fields and str(fields[button.name]) == button.value:
                return button
        wrong = {button.name for button in buttons if button.name} & set(fields)
        assert not wrong, f"No button of the form sends {wrong} with that value."
        # Enter in a field presses the first button.
        return buttons[0] if buttons else None


class Reader:
    """The text, links and forms of a page."""

    def __init__(self, html: str) -> None:
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._pieces: list[str] = []
        self._form: Form | None = None
        self._elsewhere: list[tuple[str, Control]] = []
        self._is_disabled = False
        root = LexborHTMLParser(html).root
        if root is not None:
            self._read(root)
        self.text = self._text_since(0)
        self._give_to_owners()

    def _read(self, node: LexborNode) -> None:
        """Read an element with what is in it."""
        tag = node.tag or ""
        if tag in UNSEEN:
            return
        is_block = tag not in INLINE
        if is_block:
            self._pieces.append(" ")
        getattr(self, f"_read_{tag}", self._read_children)(node)
        if is_block:
            self._pieces.append(" ")

    def _read_children(self, node: LexborNode) -> None:
        child = node.first_child
        while child is not None:
            if child.is_text_node:
                self._pieces.append(child.text_content or "")
            elif child.is_element_node:
                self._read(child)
            child = child.next

    def _read_form(self, node: LexborNode) -> None:
        given = _attributes(node)
        method = given.get("method", "get").lower()
        self._form = Form(given.get("id", ""), given.get("action", ""), method)
        self.forms.append(self._form)
        self._read_children(node)
        self._form = None

    def _read_fieldset(self, node: LexborNode) -> None:
        was_disabled = self._is_disabled
        self._is_disabled = was_disabled or "disabled" in node.attributes
        self._read_children(node)
        self._is_disabled = was_disabled

    def _read_input(self, node: LexborNode) -> None:
        given = _attributes(node)
        kind = given.get("type", "text").lower()
        default = "on" if kind in TICKED else ""
        self._add(given, kind, value=given.get("value", default), chosen="checked" in given)

    def _read_button(self, node: LexborNode) -> None:
        given = _attributes(node)
        self._add(given, given.get("type", "submit").lower(), value=given.get("value", ""))
        self._read_children(node)

    def _read_textarea(self, node: LexborNode) -> None:
        self._add(_attributes(node), "textarea", value=node.text())

    def _read_select(self, node: LexborNode) -> None:
        given = _attributes(node)
        control = self._add(given, "select")
        control.multiple = "multiple" in given
        for option in node.css("option"):
            own, shown = _attributes(option), " ".join(option.text().split())
            control.options.append((own.get("value", shown), "selected" in own))
        self._read_children(node)

    def _read_a(self, node: LexborNode) -> None:
        start = len(self._pieces)
        self._read_children(node)
        href = node.attributes.get("href")
        if href is not None:
            self.links.append((href, self._text_since(start)))

    def _text_since(self, start: int) -> str:
        return " ".join("".join(self._pieces[start:]).split())

    def _give_to_owners(self) -> None:
        """Give controls to the forms that they name."""
        for form_id, control in self._elsewhere:
            owners = [form for form in self.forms if form.id == form_id]
            assert owners, f"A control names the form {form_id!r}, which is not on the page."
            owners[0].controls.append(control)

    def _add(
        self, given: dict[str, str], kind: str, *, value: str = "", chosen: bool = False
    ) -> Control:
        control = Control(
            given.get("name", ""),
            kind,
            value,
            chosen,
            disabled="disabled" in given or self._is_disabled,
            readonly="readonly" in given,
            formaction=given.get("formaction"),
        )
        if "form" in given:
            self._elsewhere.append((given["form"], control))
        elif self._form is not None:
            self._form.controls.append(control)
        return control


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


def _are_buttons(controls: list[Control]) -> bool:
    return all(control.kind in PRESSED for control in controls)


def texts_of(value: Value) -> list[str]:
    if value is None or value is False:
        return []
    if isinstance(value, list | tuple | set | frozenset):
        return [str(item) for item in value]
    return ["1" if value is True else str(value)]


def _filled(name: str, controls: list[Control], value: Value) -> list[str]:
    usable = [control for control in controls if not control.disabled]
    assert usable, f"{name} is disabled."
    boxes = [control for control in usable if control.kind in TICKED]
    if boxes:
        unticked = [text for one in usable if one.kind == "hidden" for text in one.sends()]
        return unticked + _ticked(name, boxes, value)
    first = usable[0]
    assert not first.readonly, f"{name} is read-only."
    if first.kind == "select":
        offered = [option for option, _ in first.options]
        return _offered(name, offered, texts_of(value))
    return texts_of(value)


def _ticked(name: str, boxes: list[Control], value: Value) -> list[str]:
    if value is True:
        assert len(boxes) == 1, f"{name} has several boxes: say which."
        return [boxes[0].value]
    return _offered(name, [box.value for box in boxes], texts_of(value))


def _offered(name: str, offered: list[str], wanted: list[str]) -> list[str]:
    missing = set(wanted) - set(offered)
    assert not missing, f"{name} does not offer {missing}, only {offered}."
    return [value for value in offered if value in wanted]
