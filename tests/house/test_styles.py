"""Style sheets are in order, and know the classes that pages use."""

import re
from itertools import pairwise

from jinja2 import Environment

from tests.house.reading import ROOT, code, name_of, strings, templates

STATIC = ROOT / "static"
LONGEST_LINE = 120
IMPORT = re.compile(r'@import "([^"]+)" layer\((\w+)\);')
LAYERS = ["tokens", "base", "shell", "components", "utilities"]
# Comments, strings and at-rules hold dots that begin no class.
NOT_SELECTED = re.compile(r'/\*.*?\*/|"[^"]*"|@[^{;]+', re.DOTALL)
SELECTORS = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.([a-z][\w-]*)")
ATTRIBUTE = re.compile(r'\bclass="([^"]*)"')
QUOTED = re.compile(r'"([^"]*)"')
SHORT_WORDS = {
    *("bad", "bar", "end", "gap", "in", "key", "not", "off"),
    *("ok", "row", "set", "to", "top"),
}
GAP = "\0"


def test_no_line_is_too_long():
    sources = [*STATIC.glob("**/*.css"), *STATIC.glob("**/*.js")]
    long = {
        f"{name_of(path)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    }

    assert long == set()


def test_every_style_sheet_is_imported_once_and_the_layers_are_in_order():
    imports = IMPORT.findall((STATIC / "app.css").read_text(encoding="utf-8"))
    layers = [layer for _, layer in imports]

    assert sorted(path for path, _ in imports) == sorted(
        path.relative_to(STATIC).as_posix() for path in STATIC.glob("css/**/*.css")
    )
    assert layers == sorted(layers, key=LAYERS.index)


def test_templates_use_no_class_without_a_style():
    styled = _styled()
    unknown = {
        f"{name_of(path)}: {name}"
        for path in templates()
        for name in _classes_of(path.read_text(encoding="utf-8"))
        if name not in styled and not (name.endswith("-") and _begins_one(name, styled))
    }

    assert unknown == set()


def test_no_class_is_styled_and_not_used():
    used = _used()
    prefixes = {word for word in used if word.endswith("-")}
    endings = {word for word in used if not word.endswith("-")} | set("12345")

    dead = {
        name
        for name in _styled() - used
        if not any(name.startswith(it) and name.removeprefix(it) in endings for it in prefixes)
    }

    assert dead == set()


def test_the_names_of_classes_are_spelled_out():
    parts = {part for name in _styled() for part in name.split("-") if not part.isdigit()}

    assert {part for part in parts if len(part) <= 3} <= SHORT_WORDS


def test_classes_are_read_as_browsers_get_them():
    source = """<p class="a b-{{ kind }}{{ " c" if d }}"><b class="e{% if f %} g{% endif %}">
        {{ text(h, class_="i j") }}{{ shown("k") }}"""

    assert _classes_of(source) == {"a", "b-", "e", "g", "i", "j"}


def _styled():
    sources = [path.read_text(encoding="utf-8") for path in STATIC.glob("css/**/*.css")]
    selectors = SELECTORS.findall(NOT_SELECTED.sub("", "".join(sources)))
    return {name for selector in selectors for name in CLASS.findall(selector)}


def _used():
    scripts = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    texts = QUOTED.findall(scripts) + [text for path in code("app/web") for text in strings(path)]
    for path in templates():
        source = path.read_text(encoding="utf-8")
        texts += [*_classes_of(source), *_strings_of(source)]
    return {word for text in texts for word in re.split(r"[\s.,>]+", text)}


def _classes_of(source):
    """Return the classes in a template; of one that is put together, what is before the gap."""
    tokens = list(Environment(autoescape=True).lex(source))
    data = (GAP if "_begin" in kind else text for _, kind, text in tokens if _is_markup(kind))
    values = ATTRIBUTE.findall("".join(data)) + _class_arguments(tokens)
    return {name for value in values for name in value.replace(GAP, " ").split()}


def _is_markup(kind):
    return kind in {"data", "variable_begin", "block_begin"}


def _class_arguments(tokens):
    written = [(kind, text) for _, kind, text in tokens if kind != "whitespace"]
    return [
        text[1:-1]
        for ((_, name), (_, sign)), (kind, text) in zip(
            pairwise(written), written[2:], strict=False
        )
        if name in {"class", "class_"} and sign == "=" and kind == "string"
    ]


def _strings_of(source):
    return [
        text[1:-1] for _, kind, text in Environment(autoescape=True).lex(source) if kind == "string"
    ]


def _begins_one(prefix, names):
    return any(name.startswith(prefix) for name in names)
