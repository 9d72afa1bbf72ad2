"""The house's rules about style sheets and the script hold."""

import re

from tests.house.reading import ROOT, name_of

STATIC = ROOT / "static"
LONGEST_LINE = 120
IMPORT = re.compile(r'@import "([^"]+)" layer\((\w+)\);')
LAYERS = ["tokens", "base", "shell", "components", "utilities"]


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
