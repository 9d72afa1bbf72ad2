"""Downloads, sent in pieces."""

from collections.abc import Iterable
from datetime import date

from flask import Response, request
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app import config
from app.domain.csv import Separator
from app.http import downloads
from app.models.base import utcnow
from app.web import zones
from app.web.forms import Form
from app.web.session import session_cookie

COOKIE = "separator"


def remembered() -> str:
    """Return the separator of the last download in this browser; a comma if there was none."""
    chosen = request.cookies.get(config.current().cookie(COOKIE))
    return chosen if chosen in set(Separator) else Separator.COMMA


class DownloadForm(Form):
    """The choice of the separator."""

    separator = SelectField(
        "Separator",
        choices=[SelectChoice(each.value, each.name.capitalize()) for each in Separator],
        default=remembered,
        description="Choose the semicolon if your spreadsheet shows each line in one cell."
        " This browser remembers it.",
    )


def csv_file(
    name: str, pieces: Iterable[bytes], separator: Separator = Separator.COMMA
) -> Response:
    """Return a response that downloads a file, named after its content and the reader's day.

    The browser keeps the separator for its next download.
    """
    response = downloads.csv_file(name, pieces, separator, _today())
    cookie = config.current().cookie(COOKIE)
    session_cookie.set_cookie(response, cookie, separator, max_age=session_cookie.A_YEAR)
    return response


def attachment(name: str, ending: str, pieces: Iterable[bytes], mimetype: str) -> Response:
    """Return a response that downloads a file, named after its content and the reader's day."""
    return downloads.attachment(name, ending, pieces, mimetype, _today())


def _today() -> date:
    return utcnow().astimezone(zones.current()).date()
