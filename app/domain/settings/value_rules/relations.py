"""Relations of values: rules between several settings, such as ``chunk_overlap < chunk_size``."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.settings import values
from app.domain.settings.typed_values import typed
from app.domain.settings.value_rules import expressions
from app.domain.settings.value_rules.comparisons import Known, Operand
from app.domain.settings.value_rules.expressions import Expression
from app.domain.settings.value_rules.json_schema import asked
from app.domain.settings.value_rules.sizes import Size, read_size
from app.domain.settings.values import DataType


@dataclass(frozen=True)
class Relation:
    """A stored relation of values.

    Attributes:
        id: The id of its row.
        expression: The text of the relation.
        message: The sentence for values that break it; "" for the console's own.
        is_warning: Whether such values may be saved after a warning.
    """

    id: int
    expression: str
    message: str = ""
    is_warning: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in it; none where it cannot be read."""
        expression = self._read()
        return expression.keys if expression else ()

    @property
    def is_readable(self) -> bool:
        """Tell whether the console can read it; other programs may write any text."""
        return self._read() is not None

    def broken(self, known: Known) -> str:
        """Return the sentence for values that break the relation, or ""; see `operands`."""
        expression = self._read()
        if expression is None or expression.holds(known):
            return ""
        if self.message:
            return self.message
        stored = [f"{key} is {_told(known[key])}" for key in expression.keys if key in known]
        rule = expression.words or f"“{self.expression}” must hold"
        rule = rule.replace(" must ", " should ", 1) if self.is_warning else rule
        return f"{rule}: {listed(stored, len(stored))}."

    def why_never(self, types: Mapping[str, str]) -> str:
        """Return why values of these data types are never compared, as a sentence; else "".

        Args:
            types: The data types by key; a key without a setting may be of any.
        """
        expression = self._read()
        found = (one.why_never(types) for one in (expression.comparisons if expression else ()))
        return next(filter(None, found), "")

    def idle(self, known: Known) -> str:
        """Return which comparison checks nothing with these values, as a sentence; else ""."""
        expression = self._read()
        for one in expression.comparisons if expression else ():
            if one.is_idle(known):
                return (
                    f"“{one.text}” checks nothing with the present values: a number and a text"
                    " are never compared, and texts can only be equal or different."
                )
        return ""

    def _read(self) -> Expression | None:
        try:
            return expressions.read(self.expression)
        except InvalidValue:
            return None


def _told(value: Operand) -> str:
    """Return a value in a sentence: a size as it was written, a long text cut off."""
    if isinstance(value, Size):
        return value.text
    return values.in_sentence(value) if isinstance(value, str) else asked.as_text(value)


def operand(value: str | None, data_type: str) -> Operand | None:
    """Return a stored value as relations take it; None where it is not set or not valid."""
    kind = DataType.of(data_type)
    if value is None or kind is None or kind is DataType.JSON:
        return None
    try:
        found: Operand = typed(value, kind)
    except InvalidValue:
        return None
    if isinstance(found, bool):
        return "true" if found else "false"
    size = read_size(found) if isinstance(found, str) else None
    return found if size is None else size
