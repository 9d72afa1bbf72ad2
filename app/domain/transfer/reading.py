"""A transfer file, read from the text of a YAML or JSON file and checked."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.settings import NotJson
from app.domain.transfer import schema, strict_yaml
from app.domain.transfer.schema import FIELD
from app.domain.transfer.strict_yaml import NotYaml
from app.domain.transfer.transfer_file import Part, TransferFile, of_object
from app.models.spelling import folded

MOST_BYTES = 8 * 1024 * 1024
TOO_LARGE = "The file is larger than 8 MiB. Split it."
# The field by which an entry is known, and how names are compared. Keys of other programs may
# differ by case or by spaces around them; users and roles are known by their folded names.
NAMES: Mapping[Part, tuple[str, Callable[[str], str]]] = {
    Part.SETTINGS: ("key", str),
    Part.RULES: ("key", str),
    Part.RELATIONS: ("expression", str.strip),
    Part.CATEGORIES: ("name", str),
    Part.ROLES: ("name", folded),
    Part.ASSIGNMENTS: ("username", folded),
}


def read_file(text: str) -> TransferFile:
    """Return what a text holds; one that begins with a brace is JSON.

    Args:
        text: The text of the file.

    Raises:
        InvalidValue: It is too long, no YAML or JSON as `strict_yaml` and `strict_json` take it,
            does not fit the schema, or names something twice.
    """
    hold_to_size(text, FIELD)
    content = _parsed(text.removeprefix("\ufeff"))
    if content is None:
        raise InvalidValue("The file is empty. Choose or paste a transfer file.", field=FIELD)
    schema.refuse_mistakes(content)
    _refuse_twice(content)
    return of_object(content)


def read_text(file: IO[bytes], field: str = FIELD) -> str:
    """Return the text of a file, without its byte order mark.

    Raises:
        InvalidValue: It takes more than `MOST_BYTES`, or is not in UTF-8.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidValue(TOO_LARGE, field=field)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The file is not valid UTF-8. Save it in UTF-8, and choose it again."
        raise InvalidValue(message, field=field) from error


def hold_to_size(text: str, field: str) -> None:
    """Refuse a text that is too long.

    Raises:
        InvalidValue: It takes more than `MOST_BYTES`.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise InvalidValue(TOO_LARGE, field=field)


def _parsed(text: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return settings.read_json(text)
        return strict_yaml.read_yaml(text)
    except (NotJson, NotYaml) as mistake:
        kind = "JSON" if isinstance(mistake, NotJson) else "YAML"
        message = f"The file is not valid {kind} at {mistake.place}: {mistake}."
        raise InvalidValue(message, field=FIELD) from mistake


def _refuse_twice(content: dict[str, Any]) -> None:
    for part, (name, alike) in NAMES.items():
        twice = _twice((entry[name] for entry in content.get(part.value) or ()), alike)
        if twice:
            note = "; upper and lower case are the same there" if alike is folded else ""
            message = f"The file names {listed(twice)} more than once under {part}{note}."
            raise InvalidValue(message, field=FIELD)


def _twice(names: Iterable[str], alike: Callable[[str], str]) -> list[str]:
    counts = Counter(map(alike, names))
    return [name for name, count in counts.items() if count > 1]
