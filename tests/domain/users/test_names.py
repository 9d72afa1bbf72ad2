"""User names, email addresses and what else describes a user."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidValue
from app.domain.users import checked_bio, checked_email, checked_full_name, checked_username
from app.models.base import normalised
from app.models.spelling import stored_address

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)
NEARLY_ADDRESSES = st.from_regex(r"[^@]{0,12}@[^@]{0,12}\.(com|de|)", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ada", "ada"),
        ("  ada ", "ada"),
        ("ada.lovelace-1815_x+y", "ada.lovelace-1815_x+y"),
        ("ＡＤＡ", "ada"),
        ("Jörg", "jörg"),
        ("李明", "李明"),
        ("ß\u0301", "sś"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_user_name_is_stored_in_one_form(typed, stored):
    assert checked_username(typed) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a user name."),
        ("   ", "Enter a user name."),
        ("x" * 256, "is 256 characters long; at most 255 fit"),
        ("ﷺ" * 20, "is 360 characters long"),
        ("ada lovelace", "contains a space at character 4"),
        ("ada\u00a0l", "contains a space at character 4"),
        ("ada\u200b", "contains U+200B at character 4"),
        ("ada\u202e", "contains U+202E at character 4"),
        ("ada\u3164", "contains “ᅠ” (U+1160) at character 4"),
        ("ada\ufe0f", "contains “\ufe0f” (U+FE0F) at character 4"),
        ("ada\n l", "contains a line break at character 4"),
        ("ada\x00", "contains U+0000 at character 4"),
        ("ada\ud800", "contains U+D800 at character 4"),
        ("ada🦊", "contains “🦊” (U+1F98A) at character 4"),
        ("ada@example.com", "contains “@”, which is only allowed in email addresses"),
        ("ada＠example.com", "contains “@”, which is only allowed in email addresses"),
    ],
)
def test_a_user_name_that_could_mislead_is_refused(typed, sentence):
    with pytest.raises(InvalidValue) as refused:
        checked_username(typed)

    assert sentence in str(refused.value)
    assert refused.value.field == "username"


def test_a_long_email_address_is_told_its_length():
    with pytest.raises(InvalidValue, match="The email address is 312 characters long"):
        checked_email(f"{'a' * 60}@{'mail.' * 48}example.org")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        (" ada@example.com ", "ada@example.com"),
        ("ada+console@mail.example.org", "ada+console@mail.example.org"),
        ("jörg@müller.example", "jörg@xn--mller-kva.example"),
        ("weiß@straße.example", "weiß@xn--strae-oqa.example"),
        ("ada@XN--MLLER-KVA.example", "ada@xn--mller-kva.example"),
        ("ada＠example.com", "ada@example.com"),
    ],
)
def test_an_email_address_is_stored_in_one_form(typed, stored):
    assert checked_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@b@example.com",
        "ada lovelace@example.com",
        "Ada <ada@example.com>",
        '"ada"@example.com',
        "ada@[127.0.0.1]",
        "ada@example",
        "ada@localhost",
        "ada@exa mple.com",
        "ada..l@example.com",
        "ada@example.com\nbcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "ada\u200b@example.com",
        "ada\ud800@example.com",
        "a" * 243 + "@example.com",
        "ada@" + "x" * 60 + ".example" * 30,
    ],
)
def test_what_is_no_email_address_is_refused(typed):
    with pytest.raises(
        InvalidValue, match=r"^(The email address .*|Enter an email address)\.$"
    ) as refused:
        checked_email(typed)

    assert refused.value.field == "email"


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_user_name_is_accepted_in_its_stored_form_or_refused(text):
    try:
        name = checked_username(text)
    except InvalidValue:
        return
    assert checked_username(name) == name == normalised(text)
    assert not any(character.isspace() for character in name)


@settings(deadline=None)
@given(ANY_TEXT | NEARLY_ADDRESSES)
def test_an_email_address_is_accepted_in_its_stored_form_or_refused(text):
    try:
        address = checked_email(text)
    except InvalidValue:
        return
    assert checked_email(address) == address == stored_address(text)
    assert address.count("@") == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("admin@corp.local", "admin@corp.local"),
        ("admin@Mail.CORP.local", "admin@mail.corp.local"),
        ("admin@intranet", "admin@intranet"),
        ("admin@büro.local", "admin@xn--bro-hoa.local"),
    ],
)
def test_domains_that_are_named_are_allowed_with_all_below_them(typed, stored):
    assert checked_email(typed, ("corp.local", "intranet", "xn--bro-hoa.local")) == stored
    with pytest.raises(InvalidValue, match=r"The variable EMAIL_DOMAINS can allow domains"):
        checked_email(typed)


@pytest.mark.parametrize(
    "typed", ["a@notcorp.local", "a@corp.local.", "a..b@corp.local", "corp.local"]
)
def test_other_addresses_are_refused_as_before(typed):
    with pytest.raises(InvalidValue):
        checked_email(typed, ("corp.local",))


def test_a_full_name_is_one_line_or_nothing():
    assert checked_full_name(" Ada Lovelace ") == "Ada Lovelace"
    assert checked_full_name("  ") is None
    assert checked_full_name(None) is None
    with pytest.raises(InvalidValue) as refused:
        checked_full_name("Ada\nLovelace")
    assert refused.value.field == "full_name"


def test_a_bio_has_lines_and_a_size_in_bytes():
    assert checked_bio("one\r\ntwo\n") == "one\ntwo"
    assert checked_bio("") is None
    assert checked_bio(None) is None
    with pytest.raises(InvalidValue, match="at most 65,535 fit") as refused:
        checked_bio("é" * 40_000)
    assert refused.value.field == "bio"
