"""Spellings of email addresses and user names: as stored, as shown and as compared.

A name is stored in one form, so that a program that compares byte by byte finds it. Folding is for
comparing only: an address is stored so that it still reaches its mailbox.
"""

import unicodedata
from importlib import import_module
from typing import Any

from app.models.base import normalised

KEY_CHARACTERS = 255
MOST_OF_A_DOMAIN = 253

_A_LABEL = "xn--"
_DOT_ABOVE = "\u0307"
_DOTLESS_I = "\u0131"
_WIDE_AT = "\uff20"


def stored_address(address: str) -> str:
    """Return an email address as it is stored: in lower case, its domain in ASCII (IDNA 2008).

    Before the "@" only width and case are changed, as RFC 8265 does it for user names: "ß" and a
    final sigma stay, because they belong to other mailboxes than "ss" and another sigma.
    """
    local, sign, domain = _in_lower_case(address.strip()).rpartition("@")
    return f"{local}{sign}{_in_ascii(domain)}" if sign else domain


def shown_address(address: str) -> str:
    """Return an email address with the letters of its domain instead of "xn--"."""
    local, sign, domain = address.rpartition("@")
    if not sign or _A_LABEL not in domain.lower():
        return address
    return f"{local}{sign}{'.'.join(map(_with_letters, domain.split('.')))}"


def folded(name: str) -> str:
    """Return what a user name or an email address is looked up and searched by.

    Spellings of one name have one folded form; an address may share it with another one, and
    `is_same_address` tells them apart. The letter i is one with and without a dot: on a Turkish
    keyboard the capital of the one has the dot, and that of the other has none.
    """
    if name.isascii() and _A_LABEL not in (lower := name.lower()):
        return lower.strip()
    if "@" in name or _WIDE_AT in name:
        name = shown_address(stored_address(name))
    return _with_one_i(normalised(name))


def key(name: str) -> str:
    """Return the folded form as far as a column holds it."""
    return folded(name)[:KEY_CHARACTERS]


def spelled(typed: str, name: str) -> str:
    """Return a name as it is stored if the typed one is another spelling of it, else as typed."""
    return name if folded(typed) == folded(name) else typed


def is_same_address(one: str, other: str) -> bool:
    """Tell whether two addresses reach one mailbox, in whatever case and form of the domain."""
    return _mailbox(one) == _mailbox(other)


def _mailbox(address: str) -> tuple[str, str]:
    local, _, domain = stored_address(address).rpartition("@")
    return _with_one_i(local), domain


def _with_one_i(text: str) -> str:
    plain = (
        unicodedata.normalize("NFD", text).replace(_DOTLESS_I, "i").replace(f"i{_DOT_ABOVE}", "i")
    )
    return unicodedata.normalize("NFKC", plain)


def _in_lower_case(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFC", "".join(map(_in_usual_width, text)))
    lower = plain.lower().replace(f"i{_DOT_ABOVE}", "i")
    return unicodedata.normalize("NFC", lower).strip()


def _in_usual_width(character: str) -> str:
    is_wide = unicodedata.decomposition(character).startswith(("<wide>", "<narrow>"))
    return unicodedata.normalize("NFKC", character) if is_wide else character


def _in_ascii(domain: str) -> str:
    if domain.isascii() or len(domain) > MOST_OF_A_DOMAIN:
        return domain
    try:
        return str(_idna().encode(domain, uts46=True), "ascii")
    except UnicodeError:  # half a surrogate pair, or an error of idna's own
        return domain


def _with_letters(label: str) -> str:
    if not label.lower().startswith(_A_LABEL):
        return label
    try:
        return str(_idna().ulabel(label))
    except UnicodeError:
        return label


def _idna() -> Any:
    # Imported only for domains with letters outside ASCII: its tables take time and memory.
    return import_module("idna")
