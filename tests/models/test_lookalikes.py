"""Skeletons of names and the scripts that they mix."""

import pytest

from app.models.lookalikes import mixed_scripts, skeleton


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("root", "r\u043e\u043et"),
        ("admin", "\u0430dmin"),
        ("admin", "adm\u0456n"),
        ("admin", "ADM\u0130N"),
        ("admin", "adm\u0131n"),
        ("admin", "admin."),
        ("admin", "_admin"),
        ("admin", "\uff41dmin"),
        ("admin", "adrnin"),
        ("paul", "pau1"),
        ("coco", "\u0441\u043e\u0441\u043e"),
        ("o\u03bf", "\u043e\u043e"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(name, other):
    assert skeleton(name) == skeleton(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [("anna", "hanna"), ("müller", "muller"), ("user0", "user1"), ("李明", "李名"), (".", "-")],
)
def test_other_names_have_other_skeletons(name, other):
    assert skeleton(name) != skeleton(other)


@pytest.mark.parametrize(
    "name",
    [
        "ada.byron-1815",
        "jörg",
        "анна",
        "李明",
        "ヤマダ太郎さんx",
        "김철수kim",
        "Ελένη",
        "नीता",
        "ab\u0301",
    ],
)
def test_names_of_one_script_or_of_scripts_that_go_together_mix_nothing(name):
    assert mixed_scripts(name) == []


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("r\u043eot", ["Cyrillic", "Latin"]),
        ("\u03b1nna", ["Greek", "Latin"]),
        ("анна李", ["Cyrillic", "Han"]),
        ("김ヤ", ["Hangul", "Katakana"]),
        ("adaनी", ["Devanagari", "Latin"]),
    ],
)
def test_other_scripts_are_mixed(name, scripts):
    assert mixed_scripts(name) == scripts
