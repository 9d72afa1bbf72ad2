"""A finding of ``flask doctor``: the result of one check."""

from dataclasses import dataclass
from enum import StrEnum

from app.cli import output


class Verdict(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class InstallationFinding:
    """The result of one check, with advice where something is wrong."""

    verdict: Verdict
    subject: str
    sentence: str

    @property
    def line(self) -> str:
        """The finding as a line of the output."""
        return f"{self.verdict:<7}  {self.subject}: {output.printable(self.sentence)}"
