"""Names that look like other names: skeletons and scripts, by Unicode Technical Standard 39.

The data of Unicode come from confusable-homoglyphs. They are read when a name is first chosen or
copied, not when the console starts: that takes 20 ms.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from app.models.spelling import KEY_CHARACTERS, folded

# The scripts that one name may mix: "Highly Restrictive" in section 5.2.
_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "BOPOMOFO"},
    {"LATIN", "HAN", "HANGUL"},
)
_OF_ANY_SCRIPT = {"COMMON", "INHERITED"}
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_LEFT_TO_RIGHT = "\u200e"


def skeleton(name: str) -> str:
    """Return a text that all names have that can be taken for each other.

    Case and punctuation at the ends do not tell names apart here.
    """
    plain = folded(name)
    plain = unicodedata.normalize("NFD", _ENDS.sub("", plain) or plain)
    return unicodedata.normalize("NFD", plain.translate(_prototypes()))[:KEY_CHARACTERS]


def mixed_scripts(name: str) -> list[str]:
    """Return the scripts that a name mixes, as people call them; none if they go together."""
    if name.isascii():
        return []
    scripts = _unicode_data("categories").unique_aliases(name) - _OF_ANY_SCRIPT
    if any(scripts <= together for together in _TOGETHER) or len(scripts) <= 1:
        return []
    return sorted(script.replace("_", " ").title() for script in scripts)


@cache
def _prototypes() -> Mapping[int, str]:
    """Return the character or characters that stand for each confusable character.

    The library lists pairs in both directions; a prototype is the one with many partners.
    """
    partners = {
        source.strip(_LEFT_TO_RIGHT): [pair["c"].strip(_LEFT_TO_RIGHT) for pair in pairs]
        for source, pairs in _unicode_data("utils").load("confusables.json").items()
    }
    prototypes = {
        ord(source): others[0]
        for source, others in partners.items()
        if len(source) == 1 and len(others) == 1 and _is_prototype(others[0], source, partners)
    }
    return {source: text.translate(prototypes) for source, text in prototypes.items()}


def _is_prototype(text: str, source: str, partners: Mapping[str, list[str]]) -> bool:
    # Of a pair that stands alone, the lower one.
    return len(partners.get(text, "")) > 1 or text < source


def _unicode_data(module: str) -> Any:
    return import_module(f"confusable_homoglyphs.{module}")
