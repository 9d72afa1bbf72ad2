"""Faults of revisions: an error in the file of a revision, told in one line instead of a traceback.

Whoever wrote the revision needs the file, the line and the error; the frames of Alembic and of the
console between them and the command say nothing.
"""

import traceback
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType, TracebackType

from alembic.script.revision import RevisionError
from alembic.util import CommandError
from click import ClickException
from sqlalchemy.exc import CompileError, DBAPIError

from app.cli.failures import Failure

VERSIONS = "versions"
SCRIPT = "a script needs the types of columns, such as sa.column('code', sa.String())"
_OF_OTHERS = (CommandError, ClickException, DBAPIError)  # They have sentences of their own.


class FaultsInOneLine(AbstractContextManager[None]):
    """A context in which an error in the file of a revision becomes a failure."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise the sentence, if the error is a revision's."""
        if not isinstance(error, Exception) or isinstance(error, _OF_OTHERS):
            return
        sentence = str(error) if isinstance(error, RevisionError) else None
        sentence = sentence or _missing(error) or _located(error)
        if sentence:
            raise Failure(sentence) from error


def demand(module: ModuleType, name: str) -> None:
    """Refuse to go on without a function of a revision.

    Raises:
        Failure: The revision has no such function.
    """
    if not callable(getattr(module, name, None)):
        raise Failure(f"{Path(str(module.__file__)).name} has no {name}(). Nothing was changed.")


def _missing(error: Exception) -> str | None:
    if not isinstance(error, AttributeError) or not isinstance(error.obj, ModuleType):
        return None
    file = Path(str(error.obj.__file__))
    if not _is_revision(str(file)):
        return None
    return f"{file.name} has no {error.name}."


def _located(error: Exception) -> str | None:
    if isinstance(error, SyntaxError):
        file, line, words = Path(error.filename or ""), error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        frame = next((one for one in reversed(frames) if _is_revision(one.filename)), None)
        if frame is None:
            return None
        file, line, words = Path(frame.filename), frame.lineno, str(error)
        if isinstance(error, CompileError) and "literal value" in words:
            words = SCRIPT
    if not _is_revision(str(file)):
        return None
    words = words.partition("\n")[0]
    name = type(error).__name__
    return f"{file.name}, line {line}: {name}{f': {words}' if words else ''}"


def _is_revision(file: str) -> bool:
    return Path(file).parent.name == VERSIONS
