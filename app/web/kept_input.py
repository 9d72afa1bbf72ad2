"""Input that could not be taken, kept until its form is shown again: filled, and not saved.

The page that keeps it, to sign in or of an error, holds the fields as hidden ones in a form that is
sent to the same URL with ``kept``. Nothing is stored, and nothing is sent by itself. The form is
taken with a CSRF token only, and its view shows it as after an error: ``saved`` saves nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from flask import flash, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from app import unit_of_work
from app.domain import settings, transfer
from app.domain.errors import InvalidValue
from app.extensions import db
from app.web.forms import FIELDS, FieldKind
from app.web.row_ids import NUMBER, possible_id

LINE, MOST_ROWS = 60, 12
MARK = "kept"
MOVED = "kept-"
# Sent with the kept fields by the page to sign in.
CREDENTIALS = ("username", "password")
# Sent with them by the pages that ask for a password again or for a code; the last, if nothing was
# left out.
PASSWORD, CODE, WHOLE = REAUTHENTICATION = ("own_password", "own_code", "whole")
# Names of the fields that are not kept, sent with the others so that each later page can tell.
LOST = "lost"
CSRF = "csrf_token"
# Fields with a value of a setting, the new one and the one that was shown.
VALUE, BASE = VALUES = ("value", "base")
# Fields with the content of a file, of settings and of users; an uploaded file takes their place.
FILE, _ = FILES = ("text", "csv_text")
UPLOAD = "upload"
T = TypeVar("T")
NOT_YET = "Nothing has been saved yet."
CHECK = f"{NOT_YET} Check what you entered, and save it."
ANOTHERS = (
    "Another person entered this before you signed in. Nothing was saved: check it, or leave the"
    " page."
)
NOT_SHOWN = "What was entered before you signed in was not saved, and is not shown to you."


class KeptText(NamedTuple):
    """The label and the text of a field, and the rows that the text takes."""

    label: str
    text: str
    rows: int


@dataclass(frozen=True)
class KeptInput:
    """The fields of a sent form, as their names and values.

    Attributes:
        sent: The fields as they were sent, without the token.
        secrets: The names of those that hold a password or a secret.
        lost: The names of those that an earlier page has not kept, and of an unreadable file.
    """

    sent: MultiDict[str, str]
    secrets: frozenset[str]
    lost: Sequence[str] = ()

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """The fields that may be sent back: all but passwords and secrets."""
        pairs = self.sent.items(multi=True)
        return [(name, settings.masked(text)) for name, text in pairs if name not in self.secrets]

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The fields under names that the fields for signing in leave free."""
        moved = {name: MOVED + name for name in CREDENTIALS}
        kept = [(moved.get(name, name), text) for name, text in self.fields]
        return [(MARK, "1"), *((LOST, name) for name in self._not_kept), *kept]

    @property
    def texts(self) -> list[KeptText]:
        """The texts that somebody has entered."""
        return [
            KeptText(_label(name), text, min(1 + text.count("\n") + len(text) // LINE, MOST_ROWS))
            for name, text in self.fields
            if text.strip() and _kind(name).is_text and text != self._shown_before(name)
        ]

    @property
    def left_out(self) -> list[str]:
        """The labels of the fields that are not kept, or not in full."""
        return _labels([name for name in self._not_kept if name != UPLOAD])

    @property
    def is_cut(self) -> bool:
        """Tell whether a file is not kept, as it cannot be read."""
        return UPLOAD in self.lost

    @property
    def is_whole(self) -> bool:
        """Tell whether all that was sent is kept."""
        return not self._not_kept

    @property
    def _not_kept(self) -> list[str]:
        kept = set(self.fields)
        pairs = self.sent.items(multi=True)
        lost = [name for name, text in pairs if text and (name, text) not in kept]
        return list(dict.fromkeys([*self.lost, *lost]))

    def _shown_before(self, name: str) -> str | None:
        prefix, dash, own = name.rpartition("-")
        base = f"base_{own}" if own != "value" else "base"
        return self.sent.get(f"{prefix}{dash}{base}")


def of_request() -> KeptInput:
    """Return the input of the form that this request has sent."""
    sent, upload = _sent(), _uploaded()
    for name in FILES:
        if name in sent and upload is not None:
            sent[name] = upload
    is_password = [name for name in sent if _kind(name).is_password]
    secrets = frozenset([*is_password, *_values_of_secrets(sent), *_secret_file(sent)])
    return KeptInput(sent, secrets, [*_lost(), *([UPLOAD] if upload == "" else [])])


def _sent() -> MultiDict[str, str]:
    pairs = request.form.items(multi=True)
    if not is_kept():
        return MultiDict((name, text) for name, text in pairs if name not in {CSRF, CODE})
    own = {CSRF, MARK, LOST, *CREDENTIALS, *REAUTHENTICATION}
    return MultiDict((name.removeprefix(MOVED), text) for name, text in pairs if name not in own)


def _lost() -> list[str]:
    return request.form.getlist(LOST) if is_kept() else []


def _uploaded() -> str | None:
    """Return the text of an uploaded file; "" if it cannot be read, None if there is none."""
    if not (upload := request.files.get(UPLOAD)):  # without a name, none was chosen
        return None
    # The view may have read it before it failed.
    upload.stream.seek(0)
    try:
        return transfer.read_text(upload.stream)
    except InvalidValue:
        return ""


def is_kept() -> bool:
    """Tell whether the request sends input that an earlier page has kept."""
    return request.method == "POST" and MARK in request.form


def is_resumed() -> bool:
    """Tell whether this request shows the form with the kept input, and saves nothing."""
    return bool(g.get("is_resumed"))


def resume(previous: int | None) -> None:
    """Go on with the kept input as the form of this request, which nothing saves.

    Args:
        previous: The person whose browser it was when the input was entered.
    """
    again = ", ".join(_labels(_lost()))
    request.form = ImmutableMultiDict(_sent())
    g.is_resumed = True
    check = f"{NOT_YET} Enter what was not kept ({again}), and save it." if again else CHECK
    flash(ANOTHERS if is_anothers(previous) else check, "warning")


def go_on() -> None:
    """Go on with the kept input as if its form had just been sent."""
    sent = _sent()
    sent[CSRF] = request.form[CSRF]
    request.form = ImmutableMultiDict(sent)


def is_anothers(previous: int | None) -> bool:
    """Tell whether somebody else than the current user has entered the kept input."""
    me = g.get("me")
    return me is not None and previous is not None and previous != me.id


def _labels(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(map(_label, names)))


def _label(name: str) -> str:
    prefix, _, own = name.rpartition("-")
    label = _kind(own).label or own.replace("_", " ").capitalize()
    return f"{label} of setting {prefix}" if NUMBER.fullmatch(prefix) else label


def _kind(name: str) -> FieldKind:
    return FIELDS.get(_own(name), FieldKind())


def _own(name: str) -> str:
    """Return the name of a field without the row that it belongs to."""
    return name.rpartition("-")[2]


def _values_of_secrets(sent: MultiDict[str, str]) -> list[str]:
    """Return the names of the fields with the value of a secret, marked meanwhile or before."""
    ids = {name: possible_id(name.rpartition("-")[0]) for name in sent if _own(name) in VALUES}
    if VALUE in sent:
        of_page = (request.view_args or {}).get("setting_id", 0)
        ids |= {name: of_page for name in VALUES if name in sent}
    wanted = set(ids.values()) - {0}
    found = _answered(lambda: settings.secret_ids(db.session, wanted)) if wanted else None
    is_new = VALUE in sent and _has_secret([sent.get("key", "").strip()])
    return [name for name, id_ in ids.items() if id_ in (found or ()) or (is_new and not id_)]


def _secret_file(sent: MultiDict[str, str]) -> list[str]:
    """Return the name of the field with a transfer file, if that holds the value of a secret."""
    if request.blueprint != "transfer" or FILE not in sent:
        return []
    keys_of = transfer.keys_with_values if g.get("me") else transfer.keys_in_text
    valued = keys_of(sent[FILE])
    return [FILE] if any(valued.values()) or _has_secret(valued) else []


def _has_secret(keys: Collection[str]) -> bool:
    if any(map(settings.is_secret, keys)):
        return True
    return any(keys) and bool(_answered(lambda: settings.secrets_among(db.session, keys)))


def _answered(question: Callable[[], T]) -> T | None:
    """Return the answer of the database; None where it cannot be asked.

    Without it, whoever has entered a text in a field that is not for secrets has it back.
    """
    if g.get("is_database_away"):
        return None
    try:
        db.session.rollback()
        return unit_of_work.read(question)
    except SQLAlchemyError:
        return None
