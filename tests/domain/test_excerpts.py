"""Lists that are read as a whole are cut into pages, which lead to each other."""

import pytest

from app.domain.excerpts import excerpt


def page(groups, after="", size=4):
    return excerpt(groups, size, after, name=str)


GROUPS = ["abc", "de", "fghijk", "l", "m"]


def test_groups_stay_together_where_they_fit():
    pages, after = [], ""
    while after is not None:
        one = page(GROUPS, after)
        pages.append("".join(one.rows))
        after = one.after

    assert pages == ["abc", "de", "fghi", "jklm"]


def test_each_page_leads_back_to_the_one_before():
    assert page(GROUPS).before is None
    assert page(GROUPS, "c").before == ""
    assert page(GROUPS, "i").before == "e"
    assert "".join(page(GROUPS, page(GROUPS, "i").before).rows) == "fghi"


def test_a_page_says_which_part_of_the_list_it_is():
    assert page(GROUPS).extent == "1–3 of 13"
    assert page(GROUPS, "i").extent == "10–13 of 13"
    assert page(["ab", "c"]).extent == "3"
    assert page([]).extent == "0"
    assert page(["ab", "c"]).is_whole
    assert not page(GROUPS, "i").is_whole


@pytest.mark.parametrize(
    ("after", "rows"), [("x", "abc"), ("\0", "abc"), ("a", "abc"), ("d", "de"), ("m", "jklm")]
)
def test_any_text_is_a_cursor(after, rows):
    assert "".join(page(GROUPS, after).rows) == rows
