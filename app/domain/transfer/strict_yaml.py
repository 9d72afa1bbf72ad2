"""YAML read strictly: mappings, lists and texts, and nothing that works in the background.

Tags, anchors and aliases are refused, and so are a second document, a name that occurs twice and
nesting beyond `MAX_DEPTH`. A plain scalar is null, true, false or the text that is written there:
"no", "1e3" and "010" stay as they are.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

MAX_DEPTH = 8
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class NotYaml(ValueError):
    """The text is not YAML, or uses more of it than a transfer file needs.

    Attributes:
        place: Where the mistake is: "line 2, column 5".
    """

    def __init__(self, problem: str, mark: Any) -> None:
        super().__init__(problem)
        self.place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the beginning"


def read_yaml(text: str) -> Any:
    """Return what a YAML text stands for: dictionaries, lists, texts, true, false and None.

    Raises:
        NotYaml: The text breaks the grammar, or uses what is refused here.
    """
    yaml = import_module("yaml")
    try:
        return _document(_events(yaml, text))
    except yaml.MarkedYAMLError as error:
        raise NotYaml(str(error.problem or error.context), error.problem_mark) from error
    except yaml.YAMLError as error:
        raise NotYaml("it has a character that YAML does not allow", None) from error


def _events(yaml: Any, text: str) -> Iterator[Any]:
    # The parser in C is not in every build of the library.
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise NotYaml("anchors and aliases are not allowed", event.start_mark)
        if getattr(event, "tag", None):
            raise NotYaml("tags are not allowed", event.start_mark)
        yield event


def _document(events: Iterator[Any]) -> Any:
    kinds = {"StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent"}
    content, documents = None, 0
    for event in events:
        name = type(event).__name__
        if name == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                raise NotYaml("a second document begins here", event.start_mark)
        elif name not in kinds:
            content = _node(event, events, 0)
    return content


def _node(event: Any, events: Iterator[Any], depth: int) -> Any:
    name = type(event).__name__
    if name == "ScalarEvent":
        is_plain = event.implicit[0]
        return _WORDS.get(event.value, event.value) if is_plain else event.value
    if depth == MAX_DEPTH:
        raise NotYaml(f"lists and mappings may be nested {MAX_DEPTH} deep", event.start_mark)
    inside = depth + 1
    if name == "SequenceStartEvent":
        return [_node(entry, events, inside) for entry in _until("SequenceEndEvent", events)]
    members: dict[str, Any] = {}
    for entry in _until("MappingEndEvent", events):
        key = _key(entry, members)
        members[key] = _node(next(events), events, inside)
    return members


def _until(end: str, events: Iterator[Any]) -> Iterator[Any]:
    for event in events:
        if type(event).__name__ == end:
            return
        yield event


def _key(event: Any, members: dict[str, Any]) -> str:
    if type(event).__name__ != "ScalarEvent":
        raise NotYaml("a name is missing before this", event.start_mark)
    name = str(event.value)
    if name in members:
        # Not repeated: of a value with commas, YAML may take a part for a name.
        raise NotYaml("this name occurs twice", event.start_mark)
    return name
