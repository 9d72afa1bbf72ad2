"""Parts of paths: the ids of rows."""

from werkzeug.routing import IntegerConverter, Map

HIGHEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """An id that every database can look up; another number is no page (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=HIGHEST_ID)
