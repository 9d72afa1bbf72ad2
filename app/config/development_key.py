"""The secret key that ``make run`` keeps, which commands find by themselves in development."""

from collections.abc import Mapping
from pathlib import Path

from app.config.environment import Variables

FILE = Path(__file__).resolve().parents[2] / "instance" / "development-secret-key"
CHARACTERS = 64


def kept(file: Path = FILE) -> str | None:
    """Return the key that is kept; None if there is none, or only a part of one."""
    try:
        key = file.read_bytes().strip()
    except OSError:
        return None
    return key.decode("ascii", errors="replace") if len(key) == CHARACTERS else None


def completed(values: Mapping[str, str], file: Path = FILE) -> Mapping[str, str]:
    """Return variables with the kept key, in development and if they name no other.

    The events that commands record then have the key of those that the server records.
    """
    variables = Variables(values)
    is_development = variables.text("CONSOLE_ENV").lower() == "development"
    key = kept(file) if is_development and not variables.secret("SECRET_KEY") else None
    return {**values, "SECRET_KEY": key} if key else values
